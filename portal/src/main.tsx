/** Entry of the portal: styles, words, providers. */
import "./theme/styles.ts";
import "./i18n/index.ts";
import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./App.tsx";
import { colorSchemeManager, theme } from "./theme/theme.ts";

const root = document.getElementById("root");
if (!root) throw new Error("`index.html` has no element `root`");

createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} colorSchemeManager={colorSchemeManager} defaultColorScheme="auto" deduplicateInlineStyles>
      <App />
      <Notifications position="bottom-right" />
    </MantineProvider>
  </StrictMode>,
);
