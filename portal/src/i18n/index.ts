/** Words of the portal. English is the source; other languages carry the same keys, which a test compares. */
import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import de from "./de.json";
import en from "./en.json";

export const LANGUAGES = { en: "English", de: "Deutsch" } as const;
export type Language = keyof typeof LANGUAGES;

const STORED = "rollcall-language";

/** Locale for numbers and times: English follows the 24-hour British forms. */
export function intlLocale(language: string): string {
  return language.startsWith("en") ? "en-GB" : language;
}

function firstLanguage(): Language {
  const wanted = [localStorage.getItem(STORED), ...navigator.languages];
  for (const candidate of wanted) {
    const language = candidate?.slice(0, 2).toLowerCase();
    if (language && language in LANGUAGES) return language as Language;
  }
  return "en";
}

export function rememberLanguage(language: Language): void {
  localStorage.setItem(STORED, language);
  void i18next.changeLanguage(language);
}

i18next.on("languageChanged", (language) => {
  document.documentElement.lang = language;
});

void i18next.use(initReactI18next).init({
  lng: firstLanguage(),
  fallbackLng: "en",
  resources: { en: { translation: en }, de: { translation: de } },
  interpolation: { escapeValue: false },
  returnNull: false,
});
