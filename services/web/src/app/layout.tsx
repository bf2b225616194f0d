import { GeistSans } from "geist/font/sans";
import type { Metadata, Viewport } from "next";
import type { ReactNode } from "react";

import { readVisitor } from "@/server/visit";

import "./globals.css";

// The nonce of the Content-Security-Policy is new for each request (src/proxy.ts).
export const dynamic = "force-dynamic";

const LIGHT = "#f3f6f7";
const DARK = "#0a1216";

export async function generateMetadata(): Promise<Metadata> {
  const { t } = await readVisitor();
  return {
    title: { default: t.app.title, template: `%s · ${t.app.title}` },
    description: t.app.description,
    robots: { index: false, follow: false },
  };
}

export async function generateViewport(): Promise<Viewport> {
  const { theme } = await readVisitor();
  if (theme !== "system") {
    return { themeColor: theme === "dark" ? DARK : LIGHT };
  }
  return {
    themeColor: [
      { media: "(prefers-color-scheme: light)", color: LIGHT },
      { media: "(prefers-color-scheme: dark)", color: DARK },
    ],
  };
}

export default async function RootLayout({ children }: { children: ReactNode }) {
  const { locale, theme } = await readVisitor();
  return (
    <html lang={locale} data-theme={theme} className={GeistSans.variable}>
      <body className="min-h-dvh">{children}</body>
    </html>
  );
}
