/** Log-in screen. Holds the password only while it is typed; knows nothing of GraphQL. */
import { Button, PasswordInput, TextInput, VisuallyHidden } from "@mantine/core";
import { type FormEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocation, useNavigate, useSearchParams } from "react-router";
import { useNow } from "../time/useNow.ts";
import { Mark } from "../ui/icons.tsx";
import { useTitle } from "../ui/Page.tsx";
import styles from "./LoginPage.module.css";
import { logIn } from "./logIn.ts";
import { safeNext } from "./next.ts";

type Notice = "refused" | "unreachable" | "codeWrong" | { limitedUntilMs: number; waitSeconds: number };

export function LoginPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const location = useLocation();
  const [search] = useSearchParams();
  const [busy, setBusy] = useState(false);
  const [notice, setNotice] = useState<Notice | null>(null);
  const [asksCode, setAsksCode] = useState(false);
  const [missing, setMissing] = useState({ email: false, password: false });
  const passwordField = useRef<HTMLInputElement>(null);
  const emailField = useRef<HTMLInputElement>(null);
  const remaining = useRemainingSeconds(notice);
  const expired = (location.state as { expired?: boolean } | null)?.expired === true;
  useTitle(t("login.submit"));

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const email = String(form.get("email") ?? "").trim();
    const password = String(form.get("password") ?? "");
    const absent = { email: email === "", password: password === "" };
    setMissing(absent);
    if (absent.email || absent.password) {
      (absent.email ? emailField : passwordField).current?.focus();
      return;
    }
    setBusy(true);
    setNotice(null);
    const code = String(form.get("code") ?? "").trim();
    const outcome = await logIn(email, password, code === "" ? undefined : code);
    setBusy(false);
    switch (outcome.kind) {
      case "opened":
        await navigate(safeNext(search.get("next")), { replace: true });
        return;
      case "limited":
        setNotice({ limitedUntilMs: Date.now() + outcome.waitSeconds * 1000, waitSeconds: outcome.waitSeconds });
        return;
      case "codeNeeded":
        setAsksCode(true);
        setNotice(code === "" ? null : "codeWrong");
        return;
      case "refused":
        setNotice("refused");
        passwordField.current?.select();
        return;
      case "unreachable":
        setNotice("unreachable");
    }
  };

  return (
    <main className={styles.screen}>
      <div className={styles.card}>
        <Mark size={36} />
        <h1 className={styles.title}>{t("login.title")}</h1>
        <p className={styles.lead}>{t("login.lead")}</p>
        {expired && notice === null ? (
          <p className={styles.info} role="status">
            {t("login.expired")}
          </p>
        ) : null}
        <form className={styles.form} onSubmit={(event) => void submit(event)} noValidate>
          <TextInput
            ref={emailField}
            name="email"
            type="email"
            label={t("login.email")}
            error={missing.email ? t("login.emailNeeded") : null}
            autoComplete="username"
            autoFocus
            size="md"
          />
          <PasswordInput
            ref={passwordField}
            name="password"
            label={t("login.password")}
            error={missing.password ? t("login.passwordNeeded") : null}
            autoComplete="current-password"
            visibilityToggleButtonProps={{ "aria-label": t("login.showPassword"), tabIndex: 0 }}
            size="md"
          />
          {asksCode ? (
            <TextInput
              name="code"
              label={t("login.code")}
              description={t("login.codeHint")}
              autoComplete="one-time-code"
              autoFocus
              size="md"
            />
          ) : null}
          <div role="alert">
            {typeof notice === "string" ? <p className={styles.error}>{t(`login.${notice}`)}</p> : null}
            {notice !== null && typeof notice === "object" && remaining > 0 ? (
              // The count runs for the eye; a screen reader hears it once.
              <>
                <p className={styles.error} aria-hidden="true">
                  {t("login.limited", { count: remaining })}
                </p>
                <VisuallyHidden>{t("login.limited", { count: notice.waitSeconds })}</VisuallyHidden>
              </>
            ) : null}
            {notice !== null && typeof notice === "object" && remaining === 0 ? (
              <p className={styles.info}>{t("login.limitOver")}</p>
            ) : null}
          </div>
          <Button type="submit" size="md" fullWidth loading={busy} disabled={remaining > 0}>
            {t("login.submit")}
          </Button>
        </form>
      </div>
    </main>
  );
}

/** Whole seconds until the hub accepts attempts again; 0 when it does. */
function useRemainingSeconds(notice: Notice | null): number {
  const now = useNow(1000);
  if (notice === null || typeof notice === "string") return 0;
  return Math.max(0, Math.min(notice.waitSeconds, Math.ceil((notice.limitedUntilMs - now.getTime()) / 1000)));
}
