/**
 * Everything behind the log-in: owns the API client of the session and asks who is logged in.
 * When the hub says that nobody is (RC401), leads to the log-in screen and remembers the way back.
 */
import { Loader } from "@mantine/core";
import { useCallback, useEffect, useRef, useState } from "react";
import { Outlet, useLocation, useNavigate } from "react-router";
import { Provider, useQuery } from "urql";
import { ConnectionContext } from "../api/ApiContext.ts";
import { createApi } from "../api/client.ts";
import { MeDocument } from "../gql/graphql.ts";
import { Shell } from "../shell/Shell.tsx";
import { Failure } from "../ui/Failure.tsx";
import styles from "../ui/ui.module.css";
import { OwnPassword } from "./OwnPassword.tsx";

export default function SessionGate() {
  const navigate = useNavigate();
  const location = useLocation();
  const [api] = useState(createApi);
  const wasOpen = useRef(false);
  const opened = useCallback(() => {
    wasOpen.current = true;
  }, []);

  useEffect(
    () =>
      api.onUnauthenticated(() => {
        const next = encodeURIComponent(location.pathname + location.search + location.hash);
        void navigate(`/login?next=${next}`, { replace: true, state: { expired: wasOpen.current } });
      }),
    [api, location, navigate],
  );
  useEffect(() => () => api.dispose(), [api]);

  return (
    <Provider value={api.client}>
      <ConnectionContext value={api.connection}>
        <Inside onOpened={opened} />
      </ConnectionContext>
    </Provider>
  );
}

function Inside({ onOpened }: { onOpened: () => void }) {
  const [{ data, error }, reload] = useQuery({ query: MeDocument });
  const isOpen = data !== undefined;
  useEffect(() => {
    if (isOpen) onOpened();
  }, [isOpen, onOpened]);
  if (data?.me.mustChangePassword) {
    return <OwnPassword email={data.me.email} onDone={() => reload({ requestPolicy: "network-only" })} />;
  }
  if (data) {
    return (
      <Shell user={data.me}>
        <Outlet />
      </Shell>
    );
  }
  return (
    <main className={styles.page}>
      {error ? <Failure error={error} retry={() => reload({ requestPolicy: "network-only" })} /> : <Loader size="sm" />}
    </main>
  );
}
