import { expect, test } from "vitest";

import { findProblems } from "@/lib/settings";
import { renderSetupPage } from "@/lib/setup-page";
import { CATALOGUES } from "@/messages";

const PROBLEMS = findProblems({ SESSION_SECRET: "not long", API_URL: "http://api" });

test("each setting is named with what is wrong, and never with its value", () => {
  const { html, policy } = renderSetupPage(
    PROBLEMS,
    CATALOGUES.ru,
    { locale: "ru", theme: "dark" },
    "n0nce",
  );
  expect(html).toContain('<html lang="ru" data-theme="dark">');
  expect(html.match(/<li>.*<\/li>/)?.[0]).toBe(
    "<li><code>DASHBOARD_PASSWORD</code> <span>не задано</span></li>" +
      "<li><code>SESSION_SECRET</code> <span>не годится; причина в журнале панели</span></li>",
  );
  expect(html).not.toContain("not long");
  expect(html).toContain('<style nonce="n0nce">');
  expect(policy).toBe(
    "default-src 'none'; style-src 'nonce-n0nce'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  );
});
