import { ShareList } from "@/components/chart/share-list";
import { Card } from "@/components/ui/card";
import { Notice } from "@/components/ui/notice";
import { Unavailable } from "@/components/ui/unavailable";
import { UserRows } from "@/components/users/user-rows";
import { fetchTopUsers } from "@/lib/api";
import { formatIn } from "@/lib/format";
import { share } from "@/lib/insight";
import type { Period } from "@/lib/period";
import { countLanguages } from "@/lib/users";
import { attempt } from "@/server/attempt";
import type { Visit } from "@/server/visit";

const MOST_USERS = 50;
const MOST_BARS = 8;

export async function Users({ visit, period }: { visit: Visit; period: Period }) {
  const { caller, requestId, locale, t } = visit;
  const report = await attempt(
    "users_failed",
    requestId,
    fetchTopUsers(caller, period, MOST_USERS),
  );
  if (!report.ok) {
    return (
      <Unavailable
        kind={report.kind}
        retry={`/users?period=${period}`}
        requestId={requestId}
        t={t}
      />
    );
  }
  const { users, tz } = report.value;
  const format = formatIn(locale, tz);
  const [first] = users;
  if (first === undefined) {
    return (
      <Notice heading="h2" icon="users" title={t.users.empty}>
        <p>{t.users.emptyText}</p>
      </Notice>
    );
  }
  const total = users.reduce((sum, user) => sum + user.messages, 0);
  const name = (user: (typeof users)[number]) => user.username ?? t.common.anonymous(user.id);
  const languages = countLanguages(users);
  const languageName = (code: string | null) =>
    code === null ? t.common.unknown : format.language(code);
  return (
    <div className="space-y-4 sm:space-y-6">
      <div className="grid items-start gap-4 sm:gap-6 xl:grid-cols-[3fr_2fr]">
        <Card
          title={t.users.most(
            name(first),
            format.percent(Math.round(share(first.messages, total))),
          )}
          text={t.users.mostText(format.count(total))}
        >
          <ShareList
            tone="sea"
            rows={users.slice(0, MOST_BARS).map((user) => ({
              key: String(user.id),
              name: name(user),
              value: format.percent(Math.round(share(user.messages, total))),
              amount: user.messages,
            }))}
          />
        </Card>
        <Card
          title={t.users.languages(languageName(languages[0]?.language ?? null))}
          text={t.users.languagesText(users.length, format.count(users.length))}
        >
          <ShareList
            tone="buoy"
            rows={languages.slice(0, MOST_BARS).map(({ language, users: number }) => ({
              key: language ?? "",
              name: languageName(language),
              value: format.count(number),
              amount: number,
            }))}
          />
        </Card>
      </div>
      <UserRows users={users} visitor={{ ...visit, format }} now={visit.now} />
    </div>
  );
}
