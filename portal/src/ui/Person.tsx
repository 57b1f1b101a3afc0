/** A person in a table row: initials, name, something small behind it. Shows no photo. */
import type { ReactNode } from "react";
import { initials } from "./initials.ts";
import styles from "./ui.module.css";

export function Person({ name, detail }: { name: string; detail?: ReactNode }) {
  return (
    <span className={styles.person}>
      <span className={styles.initials} aria-hidden="true">
        {initials(name)}
      </span>
      <span className={styles.name} title={name}>
        {name}
      </span>
      {detail}
    </span>
  );
}
