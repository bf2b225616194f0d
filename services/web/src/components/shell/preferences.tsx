import { LOCALES, type Locale, THEMES } from "@/lib/preferences";
import type { Visitor } from "@/server/visit";

const LANGUAGES: Record<Locale, string> = { en: "English", ru: "Русский" };

/** Theme and language, as forms that need no script. */
export function Preferences({ visitor: { t, theme, locale } }: { visitor: Visitor }) {
  return (
    <form method="post" action="/preferences" className="space-y-3">
      <Choice
        label={t.preferences.theme}
        name="theme"
        items={THEMES.map((value) => ({ value, text: t.preferences[value], lang: undefined }))}
        current={theme}
      />
      <Choice
        label={t.preferences.language}
        name="locale"
        items={LOCALES.map((value) => ({ value, text: LANGUAGES[value], lang: value }))}
        current={locale}
      />
    </form>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly name: string;
  readonly items: readonly {
    readonly value: string;
    readonly text: string;
    readonly lang: Locale | undefined;
  }[];
  readonly current: string;
}

function Choice({ label, name, items, current }: ChoiceProps) {
  return (
    <fieldset>
      <legend className="mb-1.5 font-medium text-soft text-xs">{label}</legend>
      <div className="flex rounded-lg border border-line bg-sunken p-0.5">
        {items.map(({ value, text, lang }) => (
          <button
            key={value}
            type="submit"
            name={name}
            value={value}
            lang={lang}
            aria-pressed={value === current}
            className="min-w-0 flex-1 rounded-md px-1 py-1.5 font-medium text-soft text-xs hover:text-ink aria-pressed:bg-raised aria-pressed:text-ink aria-pressed:shadow-card"
          >
            {text}
          </button>
        ))}
      </div>
    </fieldset>
  );
}
