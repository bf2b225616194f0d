type Fields = Readonly<Record<string, string | number | undefined>>;

/** One JSON line on standard output, as every service here writes it. */
export function log(level: "info" | "warning" | "error", event: string, fields: Fields = {}): void {
  const line = { ts: new Date().toISOString(), level, service: "web", event, ...fields };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
