/** Colours, type and component defaults. Status colours live in theme.css; no component names a raw colour. */
import {
  createTheme,
  defaultVariantColorsResolver,
  localStorageColorSchemeManager,
  type MantineColorsTuple,
  type VariantColorsResolver,
} from "@mantine/core";

/** Light to dark; also the primary colour, so that the main action is ink on paper, or paper on ink. */
const gray: MantineColorsTuple = [
  "#f7f8f9", "#f0f1f4", "#e6e8ec", "#d9dce3", "#c4c8d1", "#949aa7", "#5f6673", "#474d59", "#2b2f38", "#16181d",
];
const dark: MantineColorsTuple = [
  "#d5d8de", "#b4b9c3", "#9298a5", "#666c79", "#3a3f4a", "#2a2e37", "#1c1f26", "#15171c", "#101216", "#0b0c0f",
];

export const colorSchemeManager = localStorageColorSchemeManager({ key: "rollcall-color-scheme" });

/** The primary colour is ink in the light and paper in the dark, so text on it is the surface. */
const variantColorResolver: VariantColorsResolver = (input) => {
  const colors = defaultVariantColorsResolver(input);
  const isPrimary = input.color === undefined || input.color === "ink";
  return isPrimary && input.variant === "filled" ? { ...colors, color: "var(--rc-surface)" } : colors;
};

export const theme = createTheme({
  fontFamily: '"Inter Variable", system-ui, sans-serif',
  headings: { fontFamily: '"Inter Variable", system-ui, sans-serif', fontWeight: "600" },
  colors: { gray, dark, ink: gray },
  primaryColor: "ink",
  primaryShade: { light: 9, dark: 1 },
  variantColorResolver,
  defaultRadius: "md",
  fontSizes: { xs: "12px", sm: "13px", md: "14px", lg: "16px", xl: "20px" },
  cursorType: "pointer",
  respectReducedMotion: true,
  components: {
    Button: { defaultProps: { size: "sm" } },
    TextInput: { defaultProps: { size: "sm" } },
    PasswordInput: { defaultProps: { size: "sm" } },
  },
});
