/** Routes. Screens behind the log-in are loaded when first needed. */
import { Button } from "@mantine/core";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { BrowserRouter, Link, Navigate, Outlet, Route, Routes } from "react-router";
import { LoginPage } from "./session/LoginPage.tsx";
import { HOME } from "./session/next.ts";
import { Empty } from "./ui/Empty.tsx";
import { useTitle } from "./ui/Page.tsx";

const SessionGate = lazy(() => import("./session/SessionGate.tsx"));
const TodayPage = lazy(() => import("./today/TodayPage.tsx"));
const CamerasPage = lazy(() => import("./cameras/CamerasPage.tsx"));
const EmployeesPage = lazy(() => import("./employees/EmployeesPage.tsx"));
const ReviewPage = lazy(() => import("./review/ReviewPage.tsx"));
const CodesPage = lazy(() => import("./codes/CodesPage.tsx"));

export function App() {
  return (
    <BrowserRouter>
      <Suspense fallback={null}>
        <Routes>
          <Route path="/login" element={<LoginPage />} />
          <Route element={<SessionGate />}>
            <Route index element={<Navigate to={HOME} replace />} />
            <Route element={<ScreenSuspense />}>
              <Route path="/today" element={<TodayPage />} />
              <Route path="/employees" element={<EmployeesPage />} />
              <Route path="/cameras" element={<CamerasPage />} />
              <Route path="/review" element={<ReviewPage />} />
              <Route path="/codes" element={<CodesPage />} />
              <Route path="*" element={<NotFoundPage />} />
            </Route>
          </Route>
        </Routes>
      </Suspense>
    </BrowserRouter>
  );
}

/** Keeps the frame in place while a screen loads. */
function ScreenSuspense() {
  return (
    <Suspense fallback={null}>
      <Outlet />
    </Suspense>
  );
}

function NotFoundPage() {
  const { t } = useTranslation();
  useTitle(t("notFound.title"));
  return (
    <Empty
      title={t("notFound.title")}
      level="h1"
      action={
        <Button component={Link} to={HOME} variant="default">
          {t("notFound.back")}
        </Button>
      }
    >
      <p>{t("notFound.text")}</p>
    </Empty>
  );
}
