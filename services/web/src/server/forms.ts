/** An answer that sends the browser to a path of this host: always relative, whatever the proxy is called. */
export function seeOther(path: string, cookies: readonly string[] = []): Response {
  const headers = new Headers({ Location: path, "Cache-Control": "no-store" });
  for (const cookie of cookies) {
    headers.append("Set-Cookie", cookie);
  }
  return new Response(null, { status: 303, headers });
}

/** A field of a sent form; undefined when it is missing, a file, or longer than any real one. */
export function textField(form: FormData, name: string): string | undefined {
  const value = form.get(name);
  return typeof value === "string" && value.length <= 4096 ? value : undefined;
}

const MOST_BYTES = 16 * 1024;

/** The form of a request, or undefined when it holds none or is larger than any of ours. */
export async function readForm(request: Request): Promise<FormData | undefined> {
  const length = Number(request.headers.get("content-length") ?? Number.NaN);
  // Without a length the body could go on for ever; browsers send one.
  if (!(length <= MOST_BYTES)) {
    return undefined;
  }
  try {
    return await request.formData();
  } catch {
    return undefined;
  }
}
