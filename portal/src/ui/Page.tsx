/** Frame of a screen: title in the tab and on the page, one line of explanation, actions on the right. */
import { useEffect, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import styles from "./ui.module.css";

interface PageProps {
  title: string;
  lead: ReactNode;
  aside?: ReactNode;
  children: ReactNode;
}

export function Page({ title, lead, aside, children }: PageProps) {
  useTitle(title);
  return (
    <div className={styles.page}>
      <header className={styles.pageHead}>
        <div>
          <h1 className={styles.pageTitle}>{title}</h1>
          <p className={styles.lead}>{lead}</p>
        </div>
        {aside}
      </header>
      {children}
    </div>
  );
}

/** Names the browser tab. */
export function useTitle(title: string): void {
  const { t } = useTranslation();
  useEffect(() => {
    document.title = `${title} · ${t("app.name")}`;
  }, [title, t]);
}
