import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { inject } from "vitest";

const START_MS = 30_000;

export const PASSWORD = "harbour";
export const SETTINGS = {
  DASHBOARD_PASSWORD: PASSWORD,
  SESSION_SECRET: "0123456789abcdef0123456789abcdef",
};

type Environment = Readonly<Record<string, string>>;
type Send = Omit<RequestInit, "headers"> & { readonly headers?: Readonly<Record<string, string>> };

/** The build as an image lays it out, started as an image starts it. */
export class Dashboard {
  private constructor(
    readonly url: string,
    private readonly process: ChildProcess,
  ) {}

  static async start(env: Environment): Promise<Dashboard> {
    const port = await freePort();
    const server = spawn(process.execPath, ["server.js"], {
      cwd: inject("server"),
      env: {
        PATH: process.env["PATH"],
        NODE_ENV: "production",
        HOSTNAME: "127.0.0.1",
        PORT: port,
        ...env,
      },
      stdio: ["ignore", "ignore", "inherit"],
    });
    const dashboard = new Dashboard(`http://127.0.0.1:${port}`, server);
    await dashboard.untilAlive();
    return dashboard;
  }

  get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    return this.send(path, { headers });
  }

  /** Send a form as a browser does from a page of the dashboard. */
  post(
    path: string,
    fields: Readonly<Record<string, string>>,
    headers: Send["headers"] = {},
  ): Promise<Response> {
    const body = new URLSearchParams(fields);
    return this.send(path, { method: "POST", body, headers: { Origin: this.url, ...headers } });
  }

  /** Sign in, and give the cookie that came back. */
  async signIn(): Promise<string> {
    const response = await this.post("/login/session", { password: PASSWORD });
    const [cookie = ""] = response.headers.getSetCookie();
    return cookie.split(";")[0] ?? "";
  }

  async stop(): Promise<void> {
    const ended = once(this.process, "exit");
    this.process.kill();
    await ended;
  }

  private send(path: string, options: Send): Promise<Response> {
    return fetch(`${this.url}${path}`, { redirect: "manual", ...options });
  }

  private async untilAlive(): Promise<void> {
    for (const end = Date.now() + START_MS; Date.now() < end; ) {
      const alive = await this.get("/healthz").then(
        (response) => response.ok,
        () => false,
      );
      if (alive) {
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await this.stop();
    throw new Error(`${this.url}/healthz: should answer within ${START_MS} ms`);
  }
}

async function freePort(): Promise<string> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  return typeof address === "object" && address !== null ? String(address.port) : "";
}
