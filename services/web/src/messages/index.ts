import type { Locale } from "@/lib/preferences";
import { en, type Messages } from "@/messages/en";
import { ru } from "@/messages/ru";

export type { Messages };

export const CATALOGUES: Record<Locale, Messages> = { en, ru };
