export const LOCALES = ["en", "ru"] as const;
export const THEMES = ["system", "light", "dark"] as const;

export type Locale = (typeof LOCALES)[number];
export type Theme = (typeof THEMES)[number];

export const LOCALE_COOKIE = "locale";
export const THEME_COOKIE = "theme";
/** Set by the browser's script (components/shell/zone.tsx); without it times are in UTC. */
export const ZONE_COOKIE = "zone";

const DEFAULT_LOCALE: Locale = "en";
const YEAR_SECONDS = 365 * 24 * 3600;

/** The language chosen, else the first one of the browser's that there is, else English. */
export function pickLocale(chosen: string | undefined, acceptLanguage: string | null): Locale {
  return parseLocale(chosen) ?? acceptedLocale(acceptLanguage ?? "") ?? DEFAULT_LOCALE;
}

export function parseLocale(value: unknown): Locale | undefined {
  return LOCALES.find((locale) => locale === value);
}

export function parseTheme(value: unknown): Theme | undefined {
  return THEMES.find((theme) => theme === value);
}

/** A time zone's name that Intl knows, else UTC. */
export function parseZone(value: string | undefined): string {
  return value !== undefined && isZone(value) ? value : "UTC";
}

export function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return name.length <= 64;
  } catch {
    return false;
  }
}

/** The Set-Cookie header of a preference, kept for a year. */
export function preferenceCookie(name: string, value: string, secure: boolean): string {
  const cookie = `${name}=${value}; Path=/; Max-Age=${YEAR_SECONDS}; HttpOnly; SameSite=Lax`;
  return secure ? `${cookie}; Secure` : cookie;
}

/** Reads "ru-RU, ru;q=0.9, en;q=0.8" by weight. */
function acceptedLocale(header: string): Locale | undefined {
  return header
    .split(",")
    .map((part) => {
      const [tag = "", ...parameters] = part.split(";").map((text) => text.trim());
      const weight = parameters.find((parameter) => parameter.startsWith("q="));
      return {
        locale: parseLocale(tag.split("-")[0]?.toLowerCase()),
        weight: weight === undefined ? 1 : Number(weight.slice(2)),
      };
    })
    .filter(({ weight }) => weight > 0)
    .sort((one, other) => other.weight - one.weight)
    .find(({ locale }) => locale !== undefined)?.locale;
}
