/** The forms of a noun after a number, by the rules of each language for whole numbers. */
interface Forms {
  en: Record<"one" | "other", string>;
  ru: Record<"one" | "few" | "many", string>;
}

/** Chooses a noun's form by Intl.PluralRules: "1 message", "5 messages". */
export function pluralIn<Language extends keyof Forms>(language: Language) {
  const rules = new Intl.PluralRules(language);
  return (count: number, forms: Forms[Language]): string => {
    const found = Object.entries(forms).find(([name]) => name === rules.select(count));
    // Russian has a form for fractions too ("other"); nothing here counts in fractions.
    return found?.[1] ?? Object.values(forms).at(-1) ?? "";
  };
}
