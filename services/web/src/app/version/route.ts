import { readRelease } from "@/lib/release";

export const dynamic = "force-dynamic";

export function GET(): Response {
  return Response.json(readRelease(process.env));
}
