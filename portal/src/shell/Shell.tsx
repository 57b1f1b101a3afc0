/** The frame around all screens: navigation, organisation, account. Knows no screen but its path. */
import { ActionIcon, AppShell, Burger, useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { NavLink } from "react-router";
import type { MeQuery } from "../gql/graphql.ts";
import { mayReview, maySeeDevices } from "../session/rights.ts";
import { CameraIcon, EyeIcon, KeypadIcon, Mark, MoonIcon, PeopleIcon, SunIcon, TodayIcon } from "../ui/icons.tsx";
import { AccountMenu } from "./AccountMenu.tsx";
import styles from "./Shell.module.css";

export function Shell({ user, children }: { user: MeQuery["me"]; children: ReactNode }) {
  const { t } = useTranslation();
  const [isOpen, { toggle, close }] = useDisclosure(false);
  return (
    <AppShell
      header={{ height: 52 }}
      navbar={{ width: 212, breakpoint: "sm", collapsed: { mobile: !isOpen } }}
      layout="alt"
      padding={0}
      classNames={{ header: styles.header, navbar: styles.navbar, main: styles.main }}
    >
      <a className={styles.skip} href="#content">
        {t("nav.skip")}
      </a>
      <AppShell.Header>
        <Burger
          opened={isOpen}
          onClick={toggle}
          hiddenFrom="sm"
          size="sm"
          aria-label={t(isOpen ? "nav.close" : "nav.open")}
          aria-expanded={isOpen}
        />
        <span className={styles.organization}>{user.organization.name}</span>
        <span className={styles.tools}>
          <SchemeToggle />
          <AccountMenu user={user} />
        </span>
      </AppShell.Header>
      <AppShell.Navbar aria-label={t("nav.label")}>
        <div className={styles.brand}>
          <Mark size={22} />
          <span>{t("app.name")}</span>
          <Burger opened onClick={close} hiddenFrom="sm" size="sm" ml="auto" aria-label={t("nav.close")} />
        </div>
        <ul className={styles.links}>
          <li>
            <NavLink to="/today" className={styles.link ?? ""} onClick={close}>
              <TodayIcon />
              {t("nav.today")}
            </NavLink>
          </li>
          <li>
            <NavLink to="/employees" className={styles.link ?? ""} onClick={close}>
              <PeopleIcon />
              {t("nav.employees")}
            </NavLink>
          </li>
          {maySeeDevices(user.role) ? (
            <li>
              <NavLink to="/cameras" className={styles.link ?? ""} onClick={close}>
                <CameraIcon />
                {t("nav.cameras")}
              </NavLink>
            </li>
          ) : null}
          {mayReview(user.role) ? (
            <>
              <li>
                <NavLink to="/review" className={styles.link ?? ""} onClick={close}>
                  <EyeIcon />
                  {t("nav.review")}
                </NavLink>
              </li>
              <li>
                <NavLink to="/codes" className={styles.link ?? ""} onClick={close}>
                  <KeypadIcon />
                  {t("nav.codes")}
                </NavLink>
              </li>
            </>
          ) : null}
        </ul>
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1}>
        {children}
      </AppShell.Main>
    </AppShell>
  );
}

function SchemeToggle() {
  const { t } = useTranslation();
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme("light");
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size={32}
      aria-label={t(scheme === "dark" ? "account.toLight" : "account.toDark")}
      onClick={() => setColorScheme(scheme === "dark" ? "light" : "dark")}
    >
      {scheme === "dark" ? <SunIcon /> : <MoonIcon />}
    </ActionIcon>
  );
}
