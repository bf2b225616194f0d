import Link from "next/link";

import { Avatar } from "@/components/ui/avatar";
import { Badge } from "@/components/ui/badge";
import type { TopUser } from "@/lib/users";
import type { Visitor } from "@/server/visit";

interface UserRowsProps {
  readonly users: readonly TopUser[];
  readonly visitor: Visitor;
  readonly now: Date;
}

const HEAD = "px-3 py-3 font-medium";
const WIDE = "hidden px-3 py-3 md:table-cell";

/** The users as a table; narrow screens leave out what is said under the name instead. */
export function UserRows({ users, visitor, now }: UserRowsProps) {
  const { t, format } = visitor;
  return (
    <section
      aria-label={t.users.list}
      className="overflow-hidden rounded-2xl border border-line bg-surface shadow-card"
    >
      <table className="w-full text-left text-sm">
        <caption className="sr-only">{t.users.list}</caption>
        <thead className="border-line border-b bg-sunken/60 text-soft text-xs">
          <tr>
            <th scope="col" className={`${HEAD} pl-4 sm:pl-6`}>
              {t.users.name}
            </th>
            <th scope="col" className={`${WIDE} font-medium`}>
              {t.users.language}
            </th>
            <th scope="col" className={`${WIDE} font-medium`}>
              {t.users.first}
            </th>
            <th scope="col" className={`${WIDE} font-medium`}>
              {t.users.last}
            </th>
            <th scope="col" className={`${WIDE} text-right font-medium`}>
              {t.users.dialogs}
            </th>
            <th scope="col" className={`${HEAD} pr-4 text-right sm:pr-6`}>
              {t.users.messages}
            </th>
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {users.map((user) => (
            <tr key={user.id} className="group relative hover:bg-sunken/50">
              <th
                scope="row"
                className="w-full max-w-0 py-3 pr-3 pl-4 font-normal sm:pl-6 md:w-auto md:max-w-64"
              >
                <UserName user={user} visitor={visitor} now={now} />
              </th>
              <td className={`${WIDE} text-soft`}>
                {user.language === null ? t.common.none : format.language(user.language)}
              </td>
              <td className={`${WIDE} whitespace-nowrap text-soft`}>
                {format.moment(user.first_seen_at, now)}
              </td>
              <td className={`${WIDE} whitespace-nowrap text-soft`}>
                {format.ago(user.last_seen_at, now)}
              </td>
              <td className={`${WIDE} text-right tabular-nums`}>{format.count(user.dialogs)}</td>
              <td className="py-3 pr-4 pl-3 text-right font-semibold tabular-nums sm:pr-6">
                {format.count(user.messages)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

interface UserNameProps {
  readonly user: TopUser;
  readonly visitor: Visitor;
  readonly now: Date;
}

function UserName({ user, visitor: { t, format }, now }: UserNameProps) {
  const name = user.username ?? t.common.anonymous(user.id);
  return (
    <div className="flex min-w-0 items-center gap-3">
      <Avatar id={user.id} name={name} />
      <div className="min-w-0">
        <div className="flex min-w-0 items-center gap-2">
          {/* The link covers the row. */}
          <Link
            href={`/dialogs?user=${user.id}`}
            prefetch={false}
            className="min-w-0 truncate font-medium after:absolute after:inset-0 group-hover:text-sea"
          >
            {name}
          </Link>
          {user.blocked ? (
            <span className="max-md:hidden">
              <Badge tone="down">{t.users.blocked}</Badge>
            </span>
          ) : null}
        </div>
        <p className="truncate text-soft text-xs md:hidden">
          {user.blocked ? <span className="text-down">{t.users.blocked} · </span> : null}
          {format.ago(user.last_seen_at, now)}
        </p>
      </div>
    </div>
  );
}
