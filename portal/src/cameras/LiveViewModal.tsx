/** What a camera sees at this moment. Opening it begins a viewing that the audit log tells of; closing it ends it. */
import { Button, Modal } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { intlLocale } from "../i18n/index.ts";
import { timeOfDay, utcOffset } from "../time/format.ts";
import styles from "./cameras.module.css";
import { notice, pictureAddress } from "./liveView.ts";
import { useLiveView } from "./useLiveView.ts";

/** The reader is told of the end when it is this near. */
const NEAR_END_SECONDS = 60;

export interface Viewed {
  id: string;
  name: string;
  site: { name: string; timeZone: string };
}

export function LiveViewModal({ camera, onClose }: { camera: Viewed | null; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal
      opened={camera !== null}
      onClose={onClose}
      title={camera ? t("liveView.title", { camera: camera.name, site: camera.site.name }) : null}
      closeButtonProps={{ "aria-label": t("liveView.stop") }}
      radius="lg"
      size={720}
    >
      {camera ? <LiveViewPanel camera={camera} onClose={onClose} /> : null}
    </Modal>
  );
}

function LiveViewPanel({ camera, onClose }: { camera: Viewed; onClose: () => void }) {
  const { t, i18n } = useTranslation();
  const { view, again } = useLiveView(camera.id);
  const said = notice(view);
  const picture = pictureAddress(view);
  const takenAt = picture && view.event?.takenAt ? new Date(view.event.takenAt) : null;
  const secondsLeft = picture ? (view.event?.secondsLeft ?? null) : null;
  const cameraState = view.event?.cameraState;
  return (
    <div className={styles.live}>
      <div className={styles.picture} data-state={said}>
        {picture ? (
          <img src={picture} alt={t("liveView.alt", { camera: camera.name })} data-testid="live-picture" />
        ) : (
          <div className={styles.notice}>
            <strong>{t(`liveView.states.${said}`)}</strong>
            <span>
              {said === "CAMERA_LOST" && cameraState
                ? t(`liveView.cameraHints.${cameraState}`)
                : t(`liveView.hints.${said}`)}
            </span>
            {said === "TIME_OVER" ? (
              <Button variant="default" onClick={again} autoFocus>
                {t("liveView.goOn")}
              </Button>
            ) : null}
          </div>
        )}
      </div>
      {/* The time changes several times a second: read out, it would drown the rest. */}
      <p className={styles.now}>
        <span className={styles.mark} role="status" data-live={picture ? "yes" : "no"}>
          {t(`liveView.states.${said}`)}
        </span>
        {takenAt ? (
          <time dateTime={takenAt.toISOString()}>
            {timeOfDay(takenAt, camera.site.timeZone, intlLocale(i18n.language), true)} {utcOffset(takenAt, camera.site.timeZone)}
          </time>
        ) : null}
        {secondsLeft !== null && secondsLeft <= NEAR_END_SECONDS ? (
          <span>{t("liveView.endsIn", { count: secondsLeft })}</span>
        ) : null}
      </p>
      <p className={styles.recorded}>{t("liveView.recorded")}</p>
      <div className={styles.actions}>
        <Button onClick={onClose}>{t("liveView.stop")}</Button>
      </div>
    </div>
  );
}
