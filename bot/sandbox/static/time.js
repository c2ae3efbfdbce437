// Moments in Shanghai time, worded as WeChat words them.

const parts = new Intl.DateTimeFormat("zh-CN", {
  timeZone: "Asia/Shanghai", hourCycle: "h23",
  year: "numeric", month: "numeric", day: "numeric", weekday: "long", hour: "2-digit", minute: "2-digit",
});

export function read(moment) {
  const found = Object.fromEntries(parts.formatToParts(moment).map((part) => [part.type, part.value]));
  const days = Math.floor(Date.UTC(found.year, found.month - 1, found.day) / 86400000);
  return { ...found, days, clock: `${found.hour}:${found.minute}` };
}

export function chatTime(moment, now) {
  const at = read(moment);
  const today = read(now);
  const ago = today.days - at.days;
  if (ago === 0) return at.clock;
  if (ago === 1) return `昨天 ${at.clock}`;
  if (ago > 1 && ago < 7) return `${at.weekday} ${at.clock}`;
  const day = `${at.month}月${at.day}日 ${at.clock}`;
  return at.year === today.year ? day : `${at.year}年${day}`;
}

export function longTime(moment) {
  const at = read(moment);
  return `${at.year}年${at.month}月${at.day}日 ${at.weekday} ${at.clock}`;
}

export function shortTime(moment) {
  const at = read(moment);
  return `${at.month}月${at.day}日 ${at.clock}`;
}

// The value of an <input type="datetime-local">.
export function inputTime(moment) {
  const at = read(moment);
  const two = (value) => String(value).padStart(2, "0");
  return `${at.year}-${two(at.month)}-${two(at.day)}T${at.clock}`;
}
