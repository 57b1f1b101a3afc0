/** Line icons of the portal, 16 px. Decoration only: the control around an icon carries the name. */
import type { ReactNode } from "react";

function Icon({ children, size = 16 }: { children: ReactNode; size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth={1.5}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {children}
    </svg>
  );
}

export const TodayIcon = () => (
  <Icon>
    <circle cx="8" cy="8" r="6" />
    <path d="M8 4.75V8l2.25 1.5" />
  </Icon>
);

export const PeopleIcon = () => (
  <Icon>
    <circle cx="6" cy="5.5" r="2.5" />
    <path d="M1.5 13.25c.3-2.4 2.1-3.75 4.5-3.75s4.2 1.35 4.5 3.75M10.5 3.25a2.4 2.4 0 0 1 0 4.5M12 9.9c1.4.5 2.3 1.65 2.5 3.35" />
  </Icon>
);

export const CameraIcon = () => (
  <Icon>
    <rect x="1.75" y="4" width="8.75" height="8" rx="1.5" />
    <path d="m10.5 7 3.75-2v6l-3.75-2" />
  </Icon>
);

export const EyeIcon = () => (
  <Icon>
    <path d="M1.5 8S4 3.75 8 3.75 14.5 8 14.5 8 12 12.25 8 12.25 1.5 8 1.5 8Z" />
    <circle cx="8" cy="8" r="1.75" />
  </Icon>
);

export const KeypadIcon = () => (
  <Icon>
    <rect x="2.5" y="1.75" width="11" height="12.5" rx="2" />
    <path d="M5.5 5h.01M8 5h.01M10.5 5h.01M5.5 8h.01M8 8h.01M10.5 8h.01M5.5 11h.01M8 11h.01M10.5 11h.01" />
  </Icon>
);

export const PlusIcon = () => (
  <Icon>
    <path d="M8 3v10M3 8h10" />
  </Icon>
);

export const SearchIcon = () => (
  <Icon>
    <circle cx="7" cy="7" r="4.25" />
    <path d="m10.25 10.25 3.25 3.25" />
  </Icon>
);

export const SunIcon = () => (
  <Icon>
    <circle cx="8" cy="8" r="2.75" />
    <path d="M8 1.5v1.25M8 13.25v1.25M1.5 8h1.25M13.25 8h1.25M3.4 3.4l.9.9M11.7 11.7l.9.9M3.4 12.6l.9-.9M11.7 4.3l.9-.9" />
  </Icon>
);

export const MoonIcon = () => (
  <Icon>
    <path d="M13.5 9.6A5.75 5.75 0 1 1 6.4 2.5a4.6 4.6 0 0 0 7.1 7.1Z" />
  </Icon>
);

export const LogOutIcon = () => (
  <Icon>
    <path d="M6.25 13.5h-3a.75.75 0 0 1-.75-.75v-9.5a.75.75 0 0 1 .75-.75h3M10.5 11l3-3-3-3M13.5 8H6" />
  </Icon>
);

export const ChevronLeftIcon = () => (
  <Icon>
    <path d="m9.75 3.75-4 4.25 4 4.25" />
  </Icon>
);

export const ChevronRightIcon = () => (
  <Icon>
    <path d="m6.25 3.75 4 4.25-4 4.25" />
  </Icon>
);

export const ChevronDownIcon = () => (
  <Icon size={12}>
    <path d="m4 6 4 4 4-4" />
  </Icon>
);

export const CheckIcon = () => (
  <Icon>
    <path d="m3 8.5 3.25 3.25L13 5" />
  </Icon>
);

export const ArrowInIcon = () => (
  <Icon size={12}>
    <path d="M2 8h9M7.5 4 11.5 8l-4 4M14 3v10" />
  </Icon>
);

export const ArrowOutIcon = () => (
  <Icon size={12}>
    <path d="M5 8h9M10.5 4l4 4-4 4M2 3v10" />
  </Icon>
);

/** The mark: a face seen, and ticked. */
export function Mark({ size = 24 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="8" fill="var(--rc-mark-back, #16181d)" />
      <circle cx="11" cy="16" r="4.5" fill="none" stroke="#fff" strokeWidth="2.5" />
      <path d="M18.5 16.5l3 3 6-7.5" fill="none" stroke="#4cc38a" strokeWidth="2.75" strokeLinecap="round" strokeLinejoin="round" />
    </svg>
  );
}
