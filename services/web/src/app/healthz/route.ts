export const dynamic = "force-dynamic";

/** The process answers: nothing else is looked at, so a dead API restarts no dashboard. */
export function GET(): Response {
  return Response.json({ status: "alive" });
}
