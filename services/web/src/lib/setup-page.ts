import type { SettingsError } from "@/lib/errors";
import type { Locale, Theme } from "@/lib/preferences";
import type { Messages } from "@/messages";

/*
 * The page at every address while a setting is missing. The proxy sends it itself:
 * Next's pages cannot answer 503, and a rewrite to one of them asks this server over
 * HTTP without end when it listens on 127.0.0.1, which Next calls localhost in between.
 */

const STYLE = `
  :root { color-scheme: light dark; }
  [data-theme=light] { color-scheme: light; }
  [data-theme=dark] { color-scheme: dark; }
  body {
    margin: 0; min-height: 100dvh; display: grid; place-items: center;
    background: light-dark(#f3f6f7, #0a1216); color: light-dark(#0d1f29, #e8eff2);
    font: 0.9375rem/1.6 ui-sans-serif, system-ui, sans-serif;
  }
  main {
    box-sizing: border-box; width: min(26rem, 100% - 2rem); padding: 2rem; border-radius: 1rem;
    background: light-dark(#fff, #101a20); border: 1px solid light-dark(#dce3e7, #213039);
  }
  h1 { margin: 0; font-size: 1.5rem; line-height: 1.25; letter-spacing: -0.03em; }
  p, span { color: light-dark(#506470, #93a7b2); }
  p { margin: 0.5rem 0 1.25rem; }
  ul { margin: 0; padding: 0; list-style: none; }
  li { padding: 0.75rem 0; border-top: 1px solid light-dark(#dce3e7, #213039); overflow-wrap: anywhere; }
  code { font-weight: 600; }
`;

interface SetupPage {
  readonly html: string;
  /** Stricter than that of the other pages: there is no script. */
  readonly policy: string;
}

/** The page that names the settings, without their values, and the policy it needs. */
export function renderSetupPage(
  problems: readonly SettingsError[],
  { setup }: Pick<Messages, "setup">,
  preferences: { readonly locale: Locale; readonly theme: Theme },
  nonce: string,
): SetupPage {
  const items = problems.map(
    ({ setting, problem }) => `<li><code>${setting}</code> <span>${setup[problem]}</span></li>`,
  );
  const html = `<!doctype html>
<html lang="${preferences.locale}" data-theme="${preferences.theme}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${setup.title}</title>
<style nonce="${nonce}">${STYLE}</style>
</head>
<body>
<main>
<h1>${setup.title}</h1>
<p>${setup.text}</p>
<ul aria-label="${setup.required}">${items.join("")}</ul>
</main>
</body>
</html>
`;
  const policy = `default-src 'none'; style-src 'nonce-${nonce}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
  return { html, policy };
}
