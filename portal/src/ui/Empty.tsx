/** What a list shows when it has no rows, or an address no page: what that means, and what to do. */
import type { ReactNode } from "react";
import styles from "./ui.module.css";

interface EmptyProps {
  title: string;
  /** Heading level that fits the place; a list inside a page is `h3`. */
  level?: "h1" | "h2" | "h3";
  children: ReactNode;
  action?: ReactNode;
}

export function Empty({ title, level: Heading = "h3", children, action }: EmptyProps) {
  return (
    <div className={styles.empty}>
      <Heading>{title}</Heading>
      {children}
      {action ? <div className={styles.emptyAction}>{action}</div> : null}
    </div>
  );
}
