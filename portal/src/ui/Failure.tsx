/** A request that failed: what it means to the reader, and a way to try again. The cause stays in the console. */
import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { CombinedError } from "urql";
import { isUnauthenticated } from "../api/client.ts";
import styles from "./ui.module.css";

export function Failure({ error, retry }: { error: CombinedError | undefined; retry: () => void }) {
  const { t } = useTranslation();
  if (!error || isUnauthenticated(error)) return null;
  const code = error.graphQLErrors[0]?.extensions["code"];
  return (
    <div className={styles.failure} role="alert">
      <span>
        <strong>{t("failure.title")}</strong>
        {error.networkError ? t("failure.network") : t("failure.server", { code: typeof code === "string" ? code : "?" })}
      </span>
      <Button size="compact-sm" variant="default" onClick={retry}>
        {t("failure.retry")}
      </Button>
    </div>
  );
}
