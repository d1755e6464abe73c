"""Makes the pictures of docs/pictures that show the browser phone: python tests/browser/pictures.py."""

from __future__ import annotations

import tempfile
from pathlib import Path

from phones import ANA, MERIDIAN, PHONE, ROOT, WIDE, Phone, Served, chromium
from playwright.sync_api import sync_playwright
from test_browser_sound import VOICES

PICTURES = ROOT / "docs" / "pictures"
OFFICE_HOURS = "2031-07-01T10:05"  # to come: the queues go by the clock of the service


def main() -> None:
    """A call in Spanish with the inspector beside it, and an agent's phone in the dark that rings."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        served = Served(Path(folder))
        browser = playwright.chromium.launch(executable_path=chromium())
        try:
            agent = Phone(browser.new_page(viewport=PHONE, color_scheme="dark", reduced_motion="reduce"), served.url)
            caller = Phone(browser.new_page(viewport=WIDE), served.url)
            # Most browsers have voices; this one pretends to, and each is done in a moment.
            caller.page.add_init_script(
                VOICES.replace("window.ends = ", "setTimeout(").replace("onend?.();", "onend?.(), 700);")
            )
            caller.open()
            agent.own(ANA)
            served.agent("ana", "available")
            caller.page.click("#inspect")
            caller.call(MERIDIAN, OFFICE_HOURS)
            caller.hears("Meridian Coaches")
            caller.press("2")
            caller.hears("Para saber a qué hora")
            caller.press("1")
            caller.hears("Marque los cuatro")
            caller.press("0417")
            caller.hears("Para escuchar de nuevo la salida")
            caller.page.mouse.move(5, 5)
            # Soft shadows are most of a picture's bytes.
            caller.page.evaluate("document.documentElement.style.setProperty('--shadow', 'none')")
            caller.page.screenshot(path=PICTURES / "browser-phone.png")
            caller.press("0")
            agent.status("Rings")
            agent.page.screenshot(path=PICTURES / "browser-phone-agent.png")
        finally:
            browser.close()
            served.stop()


if __name__ == "__main__":
    main()
