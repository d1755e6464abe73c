// Tells the server the browser's time zone. Where the page was made for another one, and none was asked for, it is made again.
{
  const { dataset } = document.currentScript;
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const kept = `zone=${zone}`; // letters, digits and / _ + - alone: nothing that a cookie would mind
  if (zone && !document.cookie.split("; ").includes(kept)) {
    const secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `${kept}; Path=/reports; Max-Age=31536000; SameSite=Lax${secure}`;
    const isKept = document.cookie.split("; ").includes(kept);
    if (isKept && dataset.zone && dataset.zone !== zone && !("said" in dataset)) location.reload();
  }
}
