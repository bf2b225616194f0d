import type { Locale } from "@/lib/preferences";

/** The words of src/app/error.tsx, apart from the rest: the browser loads them with every page. */
export const FAULT: Record<Locale, { title: string; text: string; retry: string }> = {
  en: {
    title: "Something broke on this page",
    text: "The fault is in the dashboard, not in your data. Its log has the details.",
    retry: "Try again",
  },
  ru: {
    title: "На этой странице что-то сломалось",
    text: "Ошибка в панели, а не в ваших данных. Подробности в её журнале.",
    retry: "Повторить",
  },
};
