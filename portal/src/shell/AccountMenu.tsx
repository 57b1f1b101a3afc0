/** The user's menu: who is logged in, language, log out. */
import { Menu, UnstyledButton } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { notifications } from "@mantine/notifications";
import type { MeQuery } from "../gql/graphql.ts";
import { type Language, LANGUAGES, rememberLanguage } from "../i18n/index.ts";
import { logOut } from "../session/logIn.ts";
import { CheckIcon, ChevronDownIcon, LogOutIcon } from "../ui/icons.tsx";
import { initials } from "../ui/initials.ts";
import styles from "./Shell.module.css";

export function AccountMenu({ user }: { user: MeQuery["me"] }) {
  const { t, i18n } = useTranslation();
  const navigate = useNavigate();
  const leave = async () => {
    if (await logOut()) await navigate("/login", { replace: true });
    else notifications.show({ color: "red", title: t("failure.title"), message: t("failure.network") });
  };
  return (
    <Menu position="bottom-end" width={232} shadow="md">
      <Menu.Target>
        <UnstyledButton className={styles.account ?? ""} aria-label={t("account.menu", { name: user.displayName })}>
          <span className={styles.face} aria-hidden="true">
            {initials(user.displayName)}
          </span>
          <span className={styles.accountName}>{user.displayName}</span>
          <ChevronDownIcon />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <div className={styles.who}>
          <strong>{user.displayName}</strong>
          <span>{user.email}</span>
          <span>{t(`account.role.${user.role}`)}</span>
        </div>
        <Menu.Divider />
        <Menu.Label>{t("account.language")}</Menu.Label>
        {Object.entries(LANGUAGES).map(([language, name]) => (
          <Menu.Item
            key={language}
            lang={language}
            rightSection={i18n.language === language ? <CheckIcon /> : null}
            onClick={() => rememberLanguage(language as Language)}
          >
            {name}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<LogOutIcon />} onClick={() => void leave()}>
          {t("account.logOut")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
