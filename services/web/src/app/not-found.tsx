import type { Metadata } from "next";
import Link from "next/link";

import { Gate } from "@/components/shell/gate";
import { readVisitor } from "@/server/visit";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await readVisitor()).t.notFound.title };
}

export default async function NotFoundPage() {
  const visitor = await readVisitor();
  const { t } = visitor;
  return (
    <Gate visitor={visitor}>
      <h1 className="font-semibold text-2xl tracking-[-0.03em]">{t.notFound.title}</h1>
      <p className="mt-1 text-sm text-soft">{t.notFound.text}</p>
      <Link
        href="/"
        prefetch={false}
        className="mt-6 inline-flex rounded-lg bg-sea px-4 py-2.5 font-semibold text-on-sea text-sm hover:opacity-90"
      >
        {t.notFound.home}
      </Link>
    </Gate>
  );
}
