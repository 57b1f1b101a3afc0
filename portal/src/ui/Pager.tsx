/** Buttons below a list with pages: back, on, and how many rows there are. Knows no list. */
import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { ChevronLeftIcon, ChevronRightIcon } from "./icons.tsx";
import styles from "./ui.module.css";

interface PagerProps {
  /** What the pages are of, for screen readers. */
  label: string;
  /** Number of the page shown, from 1. */
  number: number;
  /** How many rows it has, in words; null while nobody knows. */
  found: string | null;
  hasNext: boolean;
  isBusy: boolean;
  onPrevious: () => void;
  onNext: () => void;
}

export function Pager({ label, number, found, hasNext, isBusy, onPrevious, onNext }: PagerProps) {
  const { t } = useTranslation();
  const isFirst = number === 1;
  return (
    <nav className={styles.pages} aria-label={label}>
      <span role="status" className={styles.dim}>
        {found}
      </span>
      {found !== null && (!isFirst || hasNext) ? (
        <span className={styles.pageButtons}>
          <Button variant="default" size="xs" leftSection={<ChevronLeftIcon />} disabled={isFirst} onClick={onPrevious}>
            {t("pager.previous")}
          </Button>
          <span className={styles.number}>{t("pager.page", { page: number })}</span>
          <Button variant="default" size="xs" rightSection={<ChevronRightIcon />} disabled={isBusy || !hasNext} onClick={onNext}>
            {t("pager.next")}
          </Button>
        </span>
      ) : null}
    </nav>
  );
}
