/** Asks who logged in with a password that was given out for an own one; until then the hub answers nothing else. */
import { Button, PasswordInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMutation } from "urql";
import { PasswordChangeDocument } from "../gql/graphql.ts";
import { Mark } from "../ui/icons.tsx";
import { useTitle } from "../ui/Page.tsx";
import styles from "./LoginPage.module.css";

export function OwnPassword({ email, onDone }: { email: string; onDone: () => void }) {
  const { t } = useTranslation();
  const [{ fetching, error }, change] = useMutation(PasswordChangeDocument);
  const [problem, setProblem] = useState<{ field?: string | null; message: string } | null>(null);
  useTitle(t("ownPassword.title"));

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (name: string) => String(form.get(name) ?? "");
    setProblem(null);
    const { data } = await change({ currentPassword: text("current"), newPassword: text("new") });
    if (data?.passwordChange.status === "DONE") onDone();
    else setProblem(data?.passwordChange.problems[0] ?? null);
  };
  const at = (field: string) => (problem?.field === field ? problem.message : null);
  const toggle = { "aria-label": t("login.showPassword"), tabIndex: 0 };

  return (
    <main className={styles.screen}>
      <div className={styles.card}>
        <Mark size={36} />
        <h1 className={styles.title}>{t("ownPassword.title")}</h1>
        <p className={styles.lead}>{t("ownPassword.lead")}</p>
        <form className={styles.form} onSubmit={(event) => void submit(event)} noValidate>
          <input type="hidden" name="username" autoComplete="username" value={email} readOnly />
          <PasswordInput
            name="current"
            label={t("ownPassword.current")}
            error={at("currentPassword")}
            autoComplete="current-password"
            visibilityToggleButtonProps={toggle}
            autoFocus
            size="md"
          />
          <PasswordInput
            name="new"
            label={t("ownPassword.new")}
            error={at("newPassword")}
            autoComplete="new-password"
            visibilityToggleButtonProps={toggle}
            size="md"
          />
          <div role="alert">{error ? <p className={styles.error}>{t("login.unreachable")}</p> : null}</div>
          <Button type="submit" size="md" fullWidth loading={fetching}>
            {t("ownPassword.submit")}
          </Button>
        </form>
      </div>
    </main>
  );
}
