import type { NextConfig } from "next";

const SECURITY_HEADERS = [
  { key: "X-Content-Type-Options", value: "nosniff" },
  { key: "X-Frame-Options", value: "DENY" },
  { key: "Referrer-Policy", value: "same-origin" },
  { key: "Cross-Origin-Opener-Policy", value: "same-origin" },
  { key: "Cross-Origin-Resource-Policy", value: "same-origin" },
  {
    key: "Permissions-Policy",
    value: "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
  },
];

const config: NextConfig = {
  output: "standalone",
  // Next's default is random; every asset already carries a hash of its content.
  generateBuildId: () => "web",
  // Otherwise Next searches the parent folders for a lock file, and the layout
  // of the output would depend on what lies above this folder.
  outputFileTracingRoot: import.meta.dirname,
  turbopack: { root: import.meta.dirname },
  images: { unoptimized: true },
  poweredByHeader: false,
  // The server's start file quotes this; the default counts the builder's processors.
  experimental: { cpus: 1 },
  headers: async () => [
    { source: "/:path*", headers: SECURITY_HEADERS },
    {
      source: "/:probe(healthz|readyz|version)",
      headers: [{ key: "Cache-Control", value: "no-store" }],
    },
  ],
};

export default config;
