/** Screen Cameras: the cameras of all devices, how each is doing, and looking through one. */
import { Button, Skeleton } from "@mantine/core";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useQuery } from "urql";
import { CamerasDocument, type CamerasQuery, MeDocument, type UserRole } from "../gql/graphql.ts";
import { Empty } from "../ui/Empty.tsx";
import { Failure } from "../ui/Failure.tsx";
import { EyeIcon } from "../ui/icons.tsx";
import { Page } from "../ui/Page.tsx";
import { Tag, type Tone } from "../ui/Tag.tsx";
import ui from "../ui/ui.module.css";
import styles from "./cameras.module.css";
import { LiveViewModal, type Viewed } from "./LiveViewModal.tsx";

type Device = CamerasQuery["devices"]["nodes"][number];
type CameraStatus = NonNullable<Device["status"]>["cameras"][number];

const PAGE_SIZE = 100;
/** Devices say how they are doing every half minute. */
const POLL_MS = 15_000;
/** Who may look, as `docs/access.md` says; the hub decides. */
const MAY_LOOK: readonly UserRole[] = ["OWNER", "HR_ADMIN", "SITE_MANAGER"];
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
  const [after, setAfter] = useState<string | null>(null);
  const [viewed, setViewed] = useState<Viewed | null>(null);
  const [{ data, error, fetching }, read] = useQuery({
    query: CamerasDocument,
    variables: { first: PAGE_SIZE, after },
    requestPolicy: "cache-and-network",
  });
  useEffect(() => {
    const timer = window.setInterval(() => {
      if (document.visibilityState === "visible") read({ requestPolicy: "network-only" });
    }, POLL_MS);
    return () => window.clearInterval(timer);
  }, [read]);
  const page = data?.devices;
  return (
    <Page title={t("cameras.title")} lead={t("cameras.lead")}>
      <Failure error={error} retry={() => read({ requestPolicy: "network-only" })} />
      <div className={ui.panel} aria-busy={fetching}>
        {!page && !error ? <Skeleton height={200} radius={10} /> : null}
        {page && page.nodes.length > 0 ? <CameraTable devices={page.nodes} onLook={setViewed} /> : null}
        {page && page.nodes.length === 0 ? (
          <Empty title={t("cameras.empty.title")} level="h2">
            <p>{t("cameras.empty.text")}</p>
          </Empty>
        ) : null}
      </div>
      {after !== null || page?.pageInfo.hasNextPage ? (
        <nav className={styles.pages} aria-label={t("cameras.pagination")}>
          <Button variant="default" size="xs" disabled={after === null} onClick={() => setAfter(null)}>
            {t("cameras.first")}
          </Button>
          <Button
            variant="default"
            size="xs"
            disabled={fetching || !page?.pageInfo.hasNextPage}
            onClick={() => setAfter(page?.pageInfo.endCursor ?? null)}
          >
            {t("cameras.next")}
          </Button>
        </nav>
      ) : null}
      <LiveViewModal camera={viewed} onClose={() => setViewed(null)} />
    </Page>
  );
}

function CameraTable({ devices, onLook }: { devices: readonly Device[]; onLook: (camera: Viewed) => void }) {
  const { t } = useTranslation();
  const [{ data: viewer }] = useQuery({ query: MeDocument });
  const mayLook = viewer !== undefined && MAY_LOOK.includes(viewer.me.role);
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
            {mayLook ? <th scope="col">{t("cameras.look")}</th> : null}
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
                  {mayLook ? (
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
