/** Screen Cameras: the cameras of all devices, how each is doing, and looking through one. */
import { Button, Skeleton } from "@mantine/core";
import { useEffect, useReducer, useState } from "react";
import { useTranslation } from "react-i18next";
import { useQuery } from "urql";
import { CamerasDocument, type CamerasQuery } from "../gql/graphql.ts";
import { mayLook, useMay } from "../session/rights.ts";
import { Empty } from "../ui/Empty.tsx";
import { Failure } from "../ui/Failure.tsx";
import { EyeIcon } from "../ui/icons.tsx";
import { Page } from "../ui/Page.tsx";
import { Pager } from "../ui/Pager.tsx";
import { afterCursor, FIRST_PAGE, pageNumber, pages } from "../ui/pages.ts";
import { Tag, type Tone } from "../ui/Tag.tsx";
import ui from "../ui/ui.module.css";
import styles from "./cameras.module.css";
import { LiveViewModal, type Viewed } from "./LiveViewModal.tsx";

type Device = CamerasQuery["devices"]["nodes"][number];
type CameraStatus = NonNullable<Device["status"]>["cameras"][number];

const PAGE_SIZE = 100;
/** Devices say how they are doing every half minute. */
const POLL_MS = 15_000;
const HEALTH: Record<Device["health"], Tone> = { ONLINE: "in", DEGRADED: "wait", OFFLINE: "stop", SILENT: "none", REVOKED: "outline" };
const STATE: Record<CameraStatus["state"], Tone> = {
  WELL: "in",
  OPENING: "wait",
  UNREACHABLE: "stop",
  STALLED: "stop",
  BLACK: "stop",
  FROZEN: "stop",
  ENDED: "none",
};

export default function CamerasPage() {
  const { t } = useTranslation();
  const [state, turn] = useReducer(pages, FIRST_PAGE);
  const [viewed, setViewed] = useState<Viewed | null>(null);
  const [{ data, error, fetching }, read] = useQuery({
    query: CamerasDocument,
    variables: { first: PAGE_SIZE, after: afterCursor(state) },
    requestPolicy: "cache-and-network",
  });
  useEffect(() => {
    const timer = window.setInterval(() => {
      if (document.visibilityState === "visible") read({ requestPolicy: "network-only" });
    }, POLL_MS);
    return () => window.clearInterval(timer);
  }, [read]);
  const page = data?.devices;
  const count = page?.nodes.reduce((sum, device) => sum + device.cameras.length, 0);
  return (
    <Page title={t("cameras.title")} lead={t("cameras.lead")}>
      <Failure error={error} retry={() => read({ requestPolicy: "network-only" })} />
      <div className={ui.panel} aria-busy={fetching}>
        {!page && !error ? <Skeleton height={200} radius={10} /> : null}
        {page && count ? <CameraTable devices={page.nodes} onLook={setViewed} /> : null}
        {count === 0 ? (
          <Empty title={t("cameras.empty.title")} level="h2">
            <p>{t("cameras.empty.text")}</p>
          </Empty>
        ) : null}
      </div>
      <Pager
        label={t("cameras.pagination")}
        number={pageNumber(state)}
        found={count === undefined ? null : t("cameras.found", { count })}
        hasNext={page?.pageInfo.hasNextPage ?? false}
        isBusy={fetching}
        onPrevious={() => turn({ type: "previous" })}
        onNext={() => turn({ type: "next", endCursor: page?.pageInfo.endCursor })}
      />
      <LiveViewModal camera={viewed} onClose={() => setViewed(null)} />
    </Page>
  );
}

function CameraTable({ devices, onLook }: { devices: readonly Device[]; onLook: (camera: Viewed) => void }) {
  const { t } = useTranslation();
  const isOffered = useMay(mayLook);
  return (
    <div className={ui.scroll} role="region" aria-label={t("cameras.title")} tabIndex={0}>
      <table className={ui.table} data-testid="cameras">
        <thead>
          <tr>
            <th scope="col">{t("cameras.camera")}</th>
            <th scope="col">{t("cameras.direction")}</th>
            <th scope="col">{t("cameras.site")}</th>
            <th scope="col">{t("cameras.device")}</th>
            <th scope="col">{t("cameras.picture")}</th>
            {isOffered ? <th scope="col">{t("cameras.look")}</th> : null}
          </tr>
        </thead>
        <tbody>
          {devices.flatMap((device) =>
            device.cameras.map((camera) => {
              const status = device.status?.cameras.find(({ name }) => name === camera.name);
              return (
                <tr key={camera.id}>
                  <td>{camera.name}</td>
                  <td>{t(`cameras.directions.${camera.direction}`)}</td>
                  <td>{device.site.name}</td>
                  <td>
                    <span className={styles.device}>
                      {device.name}
                      <Tag tone={HEALTH[device.health]}>{t(`cameras.health.${device.health}`)}</Tag>
                    </span>
                  </td>
                  <td>
                    {status ? (
                      <Tag tone={STATE[status.state]}>{t(`cameras.states.${status.state}`)}</Tag>
                    ) : (
                      <span className={ui.dim}>{t("cameras.unknown")}</span>
                    )}
                  </td>
                  {isOffered ? (
                    <td>
                      <Look device={device} camera={camera} status={status} onLook={onLook} />
                    </td>
                  ) : null}
                </tr>
              );
            }),
          )}
        </tbody>
      </table>
    </div>
  );
}

interface LookProps {
  device: Device;
  camera: Device["cameras"][number];
  status: CameraStatus | undefined;
  onLook: (camera: Viewed) => void;
}

/** The way to look through a camera, or why there is none. */
function Look({ device, camera, status, onLook }: LookProps) {
  const { t } = useTranslation();
  if (device.health === "REVOKED") return <span className={ui.dim}>{t("cameras.health.REVOKED")}</span>;
  if (status?.remoteView === false) {
    return (
      <span className={ui.dim} title={t("liveView.hints.SWITCHED_OFF")}>
        {t("cameras.switchedOff")}
      </span>
    );
  }
  return (
    <Button
      size="compact-sm"
      variant="default"
      leftSection={<EyeIcon />}
      aria-label={t("cameras.lookThrough", { camera: camera.name, site: device.site.name })}
      onClick={() => onLook({ id: camera.id, name: camera.name, site: device.site })}
    >
      {t("cameras.look")}
    </Button>
  );
}
