/** A short word with a tone. The word carries the meaning; colour only repeats it. */
import type { ReactNode } from "react";
import styles from "./ui.module.css";

export type Tone = "in" | "out" | "wait" | "stop" | "none" | "outline";

export function Tag({ tone, title, children }: { tone: Tone; title?: string | undefined; children: ReactNode }) {
  return (
    <span className={styles.tag} data-tone={tone} title={title}>
      {children}
    </span>
  );
}
