"""Fingers at a page, as a telephone has it."""

from collections.abc import Mapping

from playwright.sync_api import Page

PHONE = {"viewport": {"width": 390, "height": 800}, "has_touch": True, "is_mobile": True}


class Hand:
    """Fingers on the glass; each by its number."""

    def __init__(self, page: Page) -> None:
        self.page = page
        page.set_default_timeout(4000)
        self.session = page.context.new_cdp_session(page)
        self.fingers: dict[int, tuple[float, float]] = {}

    def put(self, finger: int, selector: str) -> None:
        box = self.page.locator(selector).bounding_box()
        assert box
        self.fingers[finger] = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        self._tell("touchStart")

    def move(self, finger: int, x: float, y: float) -> None:
        was = self.fingers[finger]
        for step in range(1, 6):
            self.fingers[finger] = (was[0] + x * step / 5, was[1] + y * step / 5)
            self._tell("touchMove")
            self.page.wait_for_timeout(16)

    def lift(self, finger: int) -> None:
        self._tell("touchEnd", {finger: self.fingers.pop(finger)})

    def tap(self, finger: int, selector: str) -> None:
        self.put(finger, selector)
        self.page.wait_for_timeout(60)
        self.lift(finger)

    def cancel(self) -> None:
        self.fingers.clear()
        self._tell("touchCancel")

    def _tell(self, kind: str, fingers: Mapping[int, tuple[float, float]] | None = None) -> None:
        """All that are down, or those that are lifted."""
        told = self.fingers if fingers is None else fingers
        points = [{"x": x, "y": y, "id": finger} for finger, (x, y) in told.items()]
        self.session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
