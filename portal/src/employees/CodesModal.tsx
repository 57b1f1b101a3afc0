/** PIN and badge of one employee: give, replace, take away. A new PIN is shown once; a badge is scanned into its field. */
import { Button, Modal, Skeleton, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { type CombinedError, useMutation, useQuery } from "urql";
import {
  EmployeeBadgeRemoveDocument,
  EmployeeBadgeSetDocument,
  EmployeeCodesDocument,
  EmployeePinRemoveDocument,
  EmployeePinSetDocument,
} from "../gql/graphql.ts";
import { intlLocale } from "../i18n/index.ts";
import { recordDay } from "../time/format.ts";
import { Failure } from "../ui/Failure.tsx";
import ui from "../ui/ui.module.css";
import styles from "./employees.module.css";

export interface CodesOf {
  id: string;
  displayName: string;
}

export function CodesModal({ employee, onClose }: { employee: CodesOf | null; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal
      opened={employee !== null}
      onClose={onClose}
      title={employee ? t("employeeCodes.title", { name: employee.displayName }) : ""}
      closeButtonProps={{ "aria-label": t("employeeCodes.close") }}
      radius="lg"
      size={460}
    >
      {employee ? <Codes key={employee.id} employeeId={employee.id} /> : null}
    </Modal>
  );
}

interface Payload {
  status: string;
  problems: readonly { message: string; hint?: string | null }[];
}

type Asked = "pinRemove" | "badgeRemove";

function Codes({ employeeId }: { employeeId: string }) {
  const { t, i18n } = useTranslation();
  const [{ data, error }, read] = useQuery({
    query: EmployeeCodesDocument,
    variables: { id: employeeId },
    requestPolicy: "network-only",
  });
  const [{ fetching: isSettingPin }, setPin] = useMutation(EmployeePinSetDocument);
  const [{ fetching: isRemovingPin }, removePin] = useMutation(EmployeePinRemoveDocument);
  const [{ fetching: isSettingBadge }, setBadge] = useMutation(EmployeeBadgeSetDocument);
  const [{ fetching: isRemovingBadge }, removeBadge] = useMutation(EmployeeBadgeRemoveDocument);
  const [pin, showPin] = useState<string | null>(null);
  const [badge, typeBadge] = useState("");
  const [said, say] = useState<string | null>(null);
  const [problem, setProblem] = useState<Payload["problems"][number] | null>(null);
  const [failed, setFailed] = useState<CombinedError | undefined>();
  const [asked, ask] = useState<Asked | null>(null);
  const codes = data?.employee?.codes;
  const day = (at: string) => recordDay(new Date(at), intlLocale(i18n.language));

  /** Whether it was done; says what became of it otherwise. */
  const finish = (payload: Payload | undefined, error: CombinedError | undefined, words: string | null): boolean => {
    setFailed(error);
    setProblem(payload?.problems[0] ?? null);
    showPin(null);
    ask(null);
    const isDone = payload?.status === "DONE";
    say(isDone ? words : null);
    if (isDone) read({ requestPolicy: "network-only" });
    return isDone;
  };
  const onPin = async () => {
    const { data, error } = await setPin({ input: { employeeId } });
    if (finish(data?.employeePinSet, error, null)) showPin(data?.employeePinSet.pin ?? null);
  };
  const onBadge = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const { data, error } = await setBadge({ input: { employeeId, badge } });
    if (finish(data?.employeeBadgeSet, error, t("employeeCodes.badgeSet"))) typeBadge("");
  };
  const onRemovePin = async () => {
    const { data, error } = await removePin({ employeeId });
    finish(data?.employeePinRemove, error, t("employeeCodes.pinRemoved"));
  };
  const onRemoveBadge = async () => {
    const { data, error } = await removeBadge({ employeeId });
    finish(data?.employeeBadgeRemove, error, t("employeeCodes.badgeRemoved"));
  };

  if (!codes) {
    return error ? <Failure error={error} retry={() => read({ requestPolicy: "network-only" })} /> : <Skeleton height={180} radius={10} />;
  }
  return (
    <div className={styles.form}>
      <p className={ui.dim}>{t("employeeCodes.lead")}</p>
      <Failure error={failed ?? error} retry={() => read({ requestPolicy: "network-only" })} />
      {problem ? (
        <p role="alert" className={styles.rest}>
          {problem.message} {problem.hint ? <span>({problem.hint})</span> : null}
        </p>
      ) : null}
      <p role="status" className={said ? styles.said : styles.silent}>
        {said}
      </p>
      <section aria-labelledby="codes-pin" className={styles.code}>
        <h3 id="codes-pin">{t("employeeCodes.pin")}</h3>
        <p className={ui.dim}>{codes.pinSetAt ? t("employeeCodes.pinSince", { date: day(codes.pinSetAt) }) : t("employeeCodes.pinNone")}</p>
        {codes.pinLockedUntil ? <p className={styles.locked}>{t("employeeCodes.pinLocked")}</p> : null}
        <div aria-live="polite">
          {pin ? (
            <div className={styles.newPin}>
              <output className={ui.number} data-testid="new-pin">
                {pin}
              </output>
              <p>{t("employeeCodes.pinOnce")}</p>
            </div>
          ) : null}
        </div>
        <Actions
          set={t(codes.pinSetAt ? "employeeCodes.pinReplace" : "employeeCodes.pinMake")}
          isBusy={isSettingPin}
          onSet={() => void onPin()}
          remove={codes.pinSetAt ? t("employeeCodes.pinRemove") : null}
          isAsked={asked === "pinRemove"}
          question={t("employeeCodes.pinSure")}
          isRemoving={isRemovingPin}
          onAsk={(isAsked) => ask(isAsked ? "pinRemove" : null)}
          onRemove={() => void onRemovePin()}
        />
      </section>
      <section aria-labelledby="codes-badge" className={styles.code}>
        <h3 id="codes-badge">{t("employeeCodes.badge")}</h3>
        <p className={ui.dim}>
          {codes.badgeSetAt ? t("employeeCodes.badgeSince", { date: day(codes.badgeSetAt) }) : t("employeeCodes.badgeNone")}
        </p>
        <form className={styles.badge} onSubmit={(event) => void onBadge(event)} noValidate>
          <TextInput
            label={t("employeeCodes.badgeCode")}
            description={t("employeeCodes.badgeHint")}
            value={badge}
            onChange={(event) => typeBadge(event.currentTarget.value)}
            autoComplete="off"
            spellCheck={false}
            maxLength={128}
          />
          <Actions
            set={t(codes.badgeSetAt ? "employeeCodes.badgeReplace" : "employeeCodes.badgeMake")}
            isBusy={isSettingBadge}
            isSubmit
            isDisabled={badge.trim() === ""}
            remove={codes.badgeSetAt ? t("employeeCodes.badgeRemove") : null}
            isAsked={asked === "badgeRemove"}
            question={t("employeeCodes.badgeSure")}
            isRemoving={isRemovingBadge}
            onAsk={(isAsked) => ask(isAsked ? "badgeRemove" : null)}
            onRemove={() => void onRemoveBadge()}
          />
        </form>
      </section>
    </div>
  );
}

interface ActionsProps {
  set: string;
  isBusy: boolean;
  isSubmit?: boolean;
  isDisabled?: boolean;
  onSet?: () => void;
  /** The word for taking it away; null when there is nothing. */
  remove: string | null;
  /** Whether the person was asked to be sure. */
  isAsked: boolean;
  question: string;
  isRemoving: boolean;
  onAsk: (isAsked: boolean) => void;
  onRemove: () => void;
}

function Actions({ set, isBusy, isSubmit = false, isDisabled = false, onSet, remove, isAsked, question, isRemoving, onAsk, onRemove }: ActionsProps) {
  const { t } = useTranslation();
  if (isAsked) {
    return (
      <div className={styles.sure} role="group" aria-label={question}>
        <span>{question}</span>
        <span className={styles.actions}>
          <Button size="xs" variant="default" onClick={() => onAsk(false)} autoFocus>
            {t("employeeCodes.keep")}
          </Button>
          <Button size="xs" color="red" loading={isRemoving} onClick={onRemove}>
            {remove}
          </Button>
        </span>
      </div>
    );
  }
  return (
    <div className={styles.codeActions}>
      <Button size="xs" type={isSubmit ? "submit" : "button"} loading={isBusy} disabled={isDisabled} {...(onSet ? { onClick: onSet } : {})}>
        {set}
      </Button>
      {remove ? (
        <Button size="xs" variant="default" onClick={() => onAsk(true)}>
          {remove}
        </Button>
      ) : null}
    </div>
  );
}
