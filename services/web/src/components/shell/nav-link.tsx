"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import type { ReactNode } from "react";

interface NavLinkProps {
  readonly href: string;
  readonly className: string;
  readonly children: ReactNode;
}

/** A link that knows whether its page, or one below it, is the one shown. */
export function NavLink({ href, className, children }: NavLinkProps) {
  const path = usePathname();
  const current = path === href || (href !== "/" && path.startsWith(`${href}/`));
  return (
    <Link
      href={href}
      prefetch={false}
      aria-current={current ? "page" : undefined}
      className={className}
    >
      {children}
    </Link>
  );
}
