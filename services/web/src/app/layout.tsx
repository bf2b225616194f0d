import { GeistSans } from "geist/font/sans";
import type { Metadata, Viewport } from "next";
import Link from "next/link";
import type { ReactNode } from "react";

import { Logo } from "@/components/logo";
import { readRelease } from "@/lib/release";

import "./globals.css";

// The nonce of the Content-Security-Policy is new for each request (src/proxy.ts).
export const dynamic = "force-dynamic";

export const metadata: Metadata = {
  title: { default: "Overview · Slipway", template: "%s · Slipway" },
  description: "How people use the bot.",
  robots: { index: false, follow: false },
};

export const viewport: Viewport = {
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#f2f5f6" },
    { media: "(prefers-color-scheme: dark)", color: "#0b1318" },
  ],
};

export default function RootLayout({ children }: { children: ReactNode }) {
  const { version, commit } = readRelease(process.env);
  return (
    <html lang="en" className={GeistSans.variable}>
      <body className="flex min-h-dvh flex-col">
        <header className="border-line border-b bg-surface">
          <div className="mx-auto flex h-14 max-w-6xl items-center px-4 sm:px-6">
            <Link href="/" prefetch={false} className="flex items-center gap-2.5">
              <Logo />
              <span className="font-semibold text-[0.9375rem] tracking-tight">Slipway</span>
            </Link>
          </div>
        </header>
        <main className="mx-auto w-full max-w-6xl flex-1 px-4 pt-8 pb-12 sm:px-6 sm:pt-10">
          {children}
        </main>
        <footer className="mx-auto w-full max-w-6xl px-4 pb-8 text-soft text-xs sm:px-6">
          Version {version}, commit {commit.slice(0, 12)}
        </footer>
      </body>
    </html>
  );
}
