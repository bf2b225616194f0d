import type { Metadata } from "next";
import Link from "next/link";

import { Notice } from "@/components/notice";

export const metadata: Metadata = { title: "Not found" };

export default function NotFoundPage() {
  return (
    <Notice
      heading="h1"
      title="There is no such page"
      action={
        <Link href="/" prefetch={false} className="px-4 py-2">
          Go to the overview
        </Link>
      }
    >
      <p>The address may be mistyped, or the page has moved.</p>
    </Notice>
  );
}
