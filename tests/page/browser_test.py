"""The report as a person sees it: real pages in a headless Chromium that has no way out.

usage: browser_test.py MAKE_PAGES STUNE SCRATCH [SHOTS]      SHOTS: a folder for pictures of the pages, for people
       browser_test.py --gate MAKE_PAGES STUNE SCRATCH       only how fast the page of 1,000 trials opens, on an idle machine

Chromium and its driver listen on the loopback device only and end with the test; what they write is below SCRATCH
and in a temporary folder.
"""

import base64
import csv
import glob
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

try:
    from selenium import webdriver
    from selenium.webdriver import ActionChains
    from selenium.webdriver.chrome.options import Options
    from selenium.webdriver.chrome.service import Service
    from selenium.webdriver.common.by import By
    from selenium.webdriver.support.ui import WebDriverWait
except ImportError:
    print("skipped: there is no Selenium; in Debian it is python3-selenium")
    sys.exit(77)

CHROMIUM = shutil.which("chromium")
DRIVER = shutil.which("chromedriver")
PATIENCE = 180  # seconds; only what hangs takes so long
GATE = 2.0  # seconds until the page of 1,000 trials can be read


def start_browser(profile):
    options = Options()
    options.binary_location = CHROMIUM
    for argument in ("headless=new", "no-sandbox", "disable-dev-shm-usage", "disable-background-networking", "disable-sync",
                     "disable-component-update", "disable-default-apps", "no-first-run", "hide-scrollbars",
                     "window-size=1280,1000", "use-angle=swiftshader", "enable-unsafe-swiftshader",
                     "user-data-dir=" + profile):
        options.add_argument("--" + argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    service = Service(DRIVER, env={**os.environ, "TMPDIR": profile, "HOME": profile, "XDG_CONFIG_HOME": profile,
                                   "XDG_CACHE_HOME": profile})
    return webdriver.Chrome(service=service, options=options)


class Page(unittest.TestCase):
    """One browser for all tests."""

    @classmethod
    def setUpClass(cls):
        cls.browser = start_browser(cls.profile)
        cls.addClassCleanup(cls.browser.quit)
        cls.browser.set_script_timeout(PATIENCE)
        cls.browser.set_page_load_timeout(PATIENCE)

    def run_script(self, script, *arguments):
        return self.browser.execute_script(script, *arguments)

    def wait_for(self, what, condition):
        WebDriverWait(self.browser, PATIENCE, 0.05).until(lambda _: condition(), what)

    def open(self, path):
        self.browser.get_log("performance"), self.browser.get_log("browser")
        begin = time.monotonic()
        self.browser.get("file://" + path)
        self.wait_for("the page to be ready", lambda: self.run_script("return document.documentElement.dataset.ready"))
        ready = self.run_script("return document.documentElement.dataset.ready")
        taken = time.monotonic() - begin
        print("%-14s open after %.2f s, by its own clock after %.2f s; %.1f MB" % (
            os.path.basename(path), taken, float(ready) / 1000, os.path.getsize(path) / 1e6), flush=True)
        return taken

    def open_made(self, name, fresh=True):
        """Not fresh: as another test may have left it."""
        path = os.path.join(self.pages, name + ".html")
        if fresh or self.browser.current_url != "file://" + path:
            self.open(path)

    def picture(self, name):
        if not self.shots:
            return
        full = self.run_script("return document.body.scrollHeight")
        for i in range(0, full, 960):
            self.run_script("window.scrollTo(0, arguments[0])", i)
            time.sleep(0.3)
            self.browser.save_screenshot(os.path.join(self.shots, "%s-%02d.png" % (name, i // 960)))

    def draw_everything(self):
        """Scrolls to each figure as a reader does, until it has been drawn."""
        for plot in self.browser.find_elements(By.CSS_SELECTOR, "div.plot"):
            self.run_script("arguments[0].scrollIntoView({block: 'center'})", plot)
            self.wait_for("a figure to be drawn", lambda: plot.get_attribute("data-drawn") == "true")
        return self.run_script("""
            return [...document.querySelectorAll("div.plot")].map((plot) => ({
              width: plot.querySelector(".main-svg")?.getBoundingClientRect().width ?? 0,
              broken: [...plot.querySelectorAll("path")].some((path) => /NaN|undefined/.test(path.getAttribute("d"))),
              title: plot.closest("section").dataset.card }))""")

    def expect_sound(self, name):
        """Every card is there and drawn, nothing was complained about, nothing was asked of anybody."""
        cards = self.run_script("return JSON.parse(document.getElementById('stune-data').textContent).cards")
        plots = self.draw_everything()
        self.assertEqual(len(self.browser.find_elements(By.TAG_NAME, "section")), len(cards))
        self.assertEqual(len(plots), sum(len(card["figures"]) for card in cards))
        for plot in plots:
            self.assertGreater(plot["width"], 300, plot)
            self.assertFalse(plot["broken"], plot)
        for caption in self.browser.find_elements(By.TAG_NAME, "figcaption"):
            self.assertTrue(caption.text.strip(), "a figure without a sentence")
        wide = self.run_script("return document.documentElement.scrollWidth - document.documentElement.clientWidth")
        self.assertLessEqual(wide, 0, "the page is wider than the window")
        self.expect_silence()
        self.picture(name)
        return cards

    def expect_silence(self):
        # That drawing without a graphics card is slow is Chromium's news, not ours.
        said = [entry["message"] for entry in self.browser.get_log("browser") if "GPU stall" not in entry["message"]]
        self.assertEqual(said, [])
        asked = []
        for entry in self.browser.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                asked.append(message["params"]["request"]["url"])
        outside = [url for url in asked if not url.startswith(("data:", "blob:", "chrome://"))]
        self.assertLessEqual(len(outside), 1, outside)
        self.assertTrue(all(url.startswith("file://") for url in outside), outside)

    def table(self, name):
        """The visible rows of a card's table, with its heads."""
        return self.run_script("""
            const table = document.querySelector(`section[data-card="${arguments[0]}"] table`);
            const cells = (row) => [...row.cells].map((cell) => cell.innerText.replace(/ [\\u2191\\u2193]$/, ""));
            return {heads: cells(table.tHead.rows[0]), rows: [...table.tBodies[0].rows].map(cells)}""", name)

    def column(self, name, head):
        table = self.table(name)
        at = table["heads"].index(head)
        return [row[at] for row in table["rows"]]

    def card(self, name):
        return self.browser.find_element(By.CSS_SELECTOR, 'section[data-card="%s"]' % name)

    def gate(self):
        best = min(self.open(os.path.join(self.pages, "thousand.html")) for _ in range(3))
        self.assertLess(best, GATE, "the best of three")

    # --- what is on the page

    def test_every_card_of_a_usual_experiment_is_drawn(self):
        self.open_made("mixed")
        cards = self.expect_sound("mixed")
        self.assertGreaterEqual(len(cards), 8)
        self.assertEqual(cards[0]["name"], "Best trial")
        self.assertIn("55 completed", self.browser.find_element(By.CSS_SELECTOR, ".facts").text)

    def test_what_matters_is_read_without_a_click(self):
        self.open_made("mixed", fresh=False)
        words = self.run_script("return document.body.innerText")
        for word in ("utilization", "queue wait", "job hours", "best around ", "adam is best"):
            self.assertIn(word, words)
        self.draw_everything()
        hovers = self.run_script("""
            return document.querySelector('section[data-card="Sensitivity"] div.plot').data.flatMap((trace) => trace.hovertext)""")
        self.assertTrue(any("alone: best around " in text for text in hovers), hovers)

    def test_log_parameters_have_log_axes_and_choices_their_names(self):
        self.open_made("mixed", fresh=False)
        self.draw_everything()
        axes = self.run_script("""
            return [...document.querySelectorAll("div.plot")].filter((plot) => plot._fullLayout.xaxis)
              .map((plot) => [plot._fullLayout.xaxis.title.text, plot._fullLayout.xaxis.type,
                [...plot.querySelectorAll(".xtick text")].map((tick) => tick.textContent)])""")
        of = {}
        for title, kind, ticks in axes:
            of.setdefault(title, []).append((kind, ticks))
        self.assertTrue(of["lr"] and all(kind == "log" for kind, _ in of["lr"]), of["lr"])
        self.assertTrue(all(kind == "linear" for kind, _ in of["dropout"]))
        self.assertTrue(any({"sgd", "adam", "lamb"} <= set(ticks) for _, ticks in of["optimizer"]), of["optimizer"])

    def test_a_head_sorts_and_words_filter(self):
        self.open_made("mixed", fresh=False)
        card = self.card("Summary")
        head = [one for one in card.find_elements(By.CSS_SELECTOR, "thead button") if one.text == "accuracy"][0]
        head.click()
        up = [float(value) for value in self.column("Summary", "accuracy") if value]
        head.click()
        down = [value for value in self.column("Summary", "accuracy")]
        self.assertEqual(up, sorted(up))
        self.assertEqual([float(value) for value in down if value], up[::-1])
        self.assertEqual(down[-1], "", "trials without a value are last")

        search = card.find_element(By.CSS_SELECTOR, "input[type=search]")
        search.send_keys("failed")
        self.assertEqual(set(self.column("Summary", "status")), {"failed"})
        self.assertEqual(len(self.column("Summary", "status")), 5)
        search.clear()
        search.send_keys("lr<0.001 layers>=6 adam")
        found = list(zip(self.column("Summary", "lr"), self.column("Summary", "layers"), self.column("Summary", "optimizer")))
        self.assertTrue(found)
        self.assertTrue(all(float(lr) < 1e-3 and int(layers) >= 6 and optimizer == "adam" for lr, layers, optimizer in found))
        self.assertIn("%d of 60 rows" % len(found), card.text)
        search.clear()

    def test_brushing_chooses_trials(self):
        self.open_made("mixed", fresh=False)
        plot = self.card("Parallel coordinates").find_element(By.CSS_SELECTOR, "div.plot")
        self.run_script("arguments[0].scrollIntoView({block: 'center'})", plot)
        self.wait_for("the lines", lambda: plot.get_attribute("data-drawn") == "true")
        brush = plot.find_elements(By.CSS_SELECTOR, ".axis-brush .background")[0]
        quarter = int(brush.size["height"] / 4)
        ActionChains(self.browser).move_to_element(brush).click_and_hold().move_by_offset(0, -quarter).release().perform()
        note = self.card("Parallel coordinates").find_element(By.CSS_SELECTOR, ".brushed")
        self.wait_for("the brush", lambda: "chosen" in note.text)
        low, high = self.run_script("return arguments[0].data[0].dimensions[0].constraintrange", plot)
        values = self.run_script("return arguments[0].data[0].dimensions[0].values", plot)
        inside = sum(low <= value <= high for value in values)
        self.assertTrue(0 < inside < len(values))
        self.assertTrue(note.text.startswith("%d of %d chosen: trial " % (inside, len(values))), note.text)
        self.expect_silence()

    def test_without_webgl_lines_are_drawn_and_what_is_missing_is_said(self):
        blocked = self.browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": """
            const known = HTMLCanvasElement.prototype.getContext;
            HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
              return kind.includes("webgl") ? null : known.call(this, kind, ...rest); };"""})
        self.addCleanup(self.browser.get, "about:blank")
        self.addCleanup(self.browser.execute_cdp_cmd, "Page.removeScriptToEvaluateOnNewDocument", blocked)
        self.open_made("mixed")
        self.expect_sound("without_webgl")
        card = self.card("Parallel coordinates")
        self.assertIn("needs WebGL", card.text)
        self.assertTrue(card.find_elements(By.CSS_SELECTOR, "path.js-line"))

    def test_without_plotly_the_page_has_its_tables(self):
        with open(os.path.join(self.pages, "mixed.html"), encoding="utf-8") as page:
            before, after = page.read().split("stune.show();\n</script>\n", 1)
        path = os.path.join(self.pages, "without_plotly.html")
        with open(path, "w", encoding="utf-8") as page:
            page.write(before.replace("<script>\n\"use strict\"", "<script>var stune_without_figures = true;</script>\n<script>\n\"use strict\""))
            page.write("stune.show();\n</script>\n" + after[after.rindex("<script>\nstune.draw();"):])
        self.open(path)
        self.assertEqual(self.browser.find_elements(By.CSS_SELECTOR, "div.plot, details"), [])
        self.assertIn("python3-plotly", self.browser.find_element(By.CSS_SELECTOR, ".notice").text)
        for card in self.run_script("return JSON.parse(document.getElementById('stune-data').textContent).cards"):
            if card["rows"]:
                self.assertTrue(self.card(card["name"]).find_elements(By.TAG_NAME, "table"), card["name"])
        self.expect_silence()

    def axes_of(self, card):
        """Title, type and ticks of both axes, for each figure of a card."""
        for plot in self.card(card).find_elements(By.CSS_SELECTOR, "div.plot"):
            self.run_script("arguments[0].scrollIntoView({block: 'center'})", plot)
            self.wait_for("a figure to be drawn", lambda: plot.get_attribute("data-drawn") == "true")
        return self.run_script("""
            return [...document.querySelectorAll(`section[data-card="${arguments[0]}"] div.plot`)].map((plot) =>
              Object.fromEntries(["x", "y"].map((which) => [which, {
                title: plot._fullLayout[which + "axis"].title.text, type: plot._fullLayout[which + "axis"].type,
                ticks: [...plot.querySelectorAll(`.${which}tick text`)].map((tick) => tick.textContent)}])))""", card)

    def test_contours_have_log_axes_and_names_in_both_directions(self):
        self.open_made("many")
        figures = self.axes_of("Contours")
        self.assertEqual(len(figures), 6)
        pairs = [{which: (axes[which]["title"], axes[which]["type"]) for which in "xy"} for axes in figures]
        self.assertIn({"x": ("lr", "log"), "y": ("batch_size", "log")}, pairs)
        names = [axes["y"]["ticks"] for axes in figures if axes["y"]["title"] == "optimizer"]
        self.assertEqual(len(names), 4)
        for ticks in names:
            self.assertEqual(set(ticks), {"sgd", "adam", "lamb"})

    def test_slices_of_many_parameters_are_those_that_matter_with_whole_numbers_on_log_axes(self):
        self.open_made("many", fresh=False)
        figures = self.axes_of("Slices")
        self.assertEqual(len(figures), 8)
        self.assertIn("8 of 11 parameters", self.card("Slices").text)
        self.assertEqual({axes["x"]["title"] for axes in figures[:3]}, {"lr", "batch_size", "optimizer"})
        [size] = [axes["x"] for axes in figures if axes["x"]["title"] == "batch_size"]
        self.assertEqual(size["type"], "log")
        self.assertTrue(self.run_script("""
            return [...document.querySelectorAll('section[data-card="Slices"] div.plot')]
              .find((plot) => plot._fullLayout.xaxis.title.text === "batch_size")
              .data.every((trace) => trace.x.every(Number.isInteger))"""))
        self.expect_silence()

    # --- names that would break something

    def saved_csv(self, card):
        self.run_script("""
            window.saved = null;
            URL.createObjectURL = (blob) => { blob.text().then((text) => { window.saved = text; }); return "#"; };
            HTMLAnchorElement.prototype.click = () => {};""")
        buttons = self.card(card).find_elements(By.CSS_SELECTOR, ".tools button")
        self.run_script("arguments[0].click()", buttons[0])
        self.wait_for("the CSV", lambda: self.run_script("return window.saved !== null"))
        return list(csv.reader(io.StringIO(self.run_script("return window.saved"), newline="")))

    def test_odd_names_break_neither_page_nor_csv(self):
        self.open_made("odd_names")
        cards = self.expect_sound("odd_names")
        self.assertEqual(self.run_script("return document.querySelectorAll('img, main script, main b, main i').length"), 0)
        summary = [card for card in cards if card["name"] == "Summary"][0]
        metric = '</script><img src=x onerror=alert(2)>, "größe" λ 漢字'
        self.assertIn(metric, summary["columns"])
        self.assertEqual(self.table("Summary")["heads"], [" ".join(name.split()) for name in summary["columns"]])
        titles = self.run_script("return [...document.querySelectorAll('.xtitle, .ytitle')].map((one) => one.textContent)")
        self.assertIn(metric, titles)
        ticks = self.run_script("return [...document.querySelectorAll('.xtick text')].map((one) => one.textContent)")
        self.assertTrue({"<script>alert(1)</script>", "2020-01-01", '%{x}, "q"'} <= set(ticks), ticks)
        axes = self.run_script("""
            return [...document.querySelectorAll(".parcoords .y-axis")].map((axis) =>
              [...axis.querySelectorAll(".tick text")].map((tick) => tick.textContent))""")
        self.assertIn({"resne…rained_a", "resne…rained_b", "a&b"}, [set(ticks) for ticks in axes])
        self.assertIn({"<script>alert…", "2020-01-01", '%{x}, "q"'}, [set(ticks) for ticks in axes])
        rows = self.saved_csv("Summary")
        self.assertEqual(rows[0], summary["columns"])
        self.assertEqual(len(rows), 22)
        text = [["" if value is None else str(value) for value in row if not isinstance(value, float)] for row in summary["rows"]]
        for row, texts in zip(rows[1:], text):
            self.assertTrue(set(texts) <= set(row), (texts, row))

    # --- large and broken ones

    def test_a_thousand_trials_open_and_fit(self):
        self.open_made("thousand")
        self.assertLess(os.path.getsize(os.path.join(self.pages, "thousand.html")), 10e6)
        self.assertIn("1,000 rows", self.card("Summary").text)
        self.assertIn("more of it lowers accuracy", self.card("Sensitivity").text)
        self.expect_sound("thousand")

    def test_ten_thousand_trials_are_thinned_and_it_is_said(self):
        self.open_made("ten_thousand")
        self.assertLess(os.path.getsize(os.path.join(self.pages, "ten_thousand.html")), 20e6)
        self.expect_sound("ten_thousand")
        self.assertIn("of 9,091 trials are drawn", self.card("Parallel coordinates").text)
        self.assertIn("10,000 rows", self.card("Summary").text)
        more = self.card("Summary").find_element(By.CSS_SELECTOR, ".more")
        self.run_script("arguments[0].click()", more)
        self.assertEqual(len(self.table("Summary")["rows"]), 1100)

    def test_broken_experiments_have_a_useful_report(self):
        for name, word in (("nothing", "none yet"), ("one", "1 completed"), ("constant", "20 completed"),
                           ("only_failures", "8 failed"), ("half_way", "running")):
            with self.subTest(name):
                self.open_made(name)
                cards = self.expect_sound(name)
                self.assertIn(word, self.browser.find_element(By.CSS_SELECTOR, ".facts").text)
                self.assertTrue(cards)

    # --- the program itself

    def test_a_run_leaves_a_report(self):
        folder = tempfile.mkdtemp(dir=self.scratch)
        subprocess.run([self.stune, "run", "--name", "rate", "--param", "x = log(1e-3, 1)", "--minimize", "loss",
                        "--trials", "12", "--seed", "1", "--runner", "local", "--quiet", "--", "sh", "-c",
                        "stune metric loss=$(awk 'BEGIN { print (log({x}) + 2) ^ 2 }')"],
                       cwd=folder, check=True, stdout=subprocess.DEVNULL, timeout=PATIENCE)
        self.open(os.path.join(folder, "rate.stune", "report.html"))
        self.expect_sound("run")
        self.assertEqual(self.browser.title, "rate – stune")

    def test_on_paper_everything_is_drawn_and_fits(self):
        self.open_made("mixed", fresh=False)
        self.run_script("""
            window.addEventListener("beforeprint", () => {
              window.on_paper = [...document.querySelectorAll("div.plot")].map((plot) => ({
                drawn: plot.dataset.drawn, marks: plot.querySelectorAll("path, canvas").length,
                width: (plot.querySelector(".main-svg")?.getBoundingClientRect().width ?? 0) * (Number(plot.style.zoom) || 1),
                title: plot.closest("figure").innerText })); }, { once: true })""")
        printed = self.browser.execute_cdp_cmd("Page.printToPDF", {"printBackground": True, "preferCSSPageSize": True})
        plots = self.run_script("return window.on_paper")
        figures = self.run_script(
            "return JSON.parse(document.getElementById('stune-data').textContent).cards.flatMap((card) => card.figures).length")
        self.assertEqual(len(plots), figures)
        for plot in plots:
            self.assertEqual(plot["drawn"], "true", plot)
            self.assertGreater(plot["marks"], 5, plot)
            self.assertTrue(300 < plot["width"] <= 690, plot)
        paper = base64.b64decode(printed["data"])
        self.assertTrue(paper.startswith(b"%PDF"))
        self.assertGreater(paper.count(b"/Type /Page\n"), figures / 4)
        if self.shots:
            with open(os.path.join(self.shots, "mixed.pdf"), "wb") as file:
                file.write(paper)
        self.expect_silence()

    def test_on_paper_tables_that_are_cut_say_so_and_wide_ones_fit(self):
        self.open_made("thousand")
        self.run_script("""
            window.addEventListener("beforeprint", () => {
              window.on_paper = [...document.querySelectorAll("section")].map((section) => ({
                name: section.dataset.card, words: section.querySelector(".on-paper")?.textContent ?? "",
                shown: [...section.querySelectorAll("table")].filter((table) => table.offsetWidth > 0).length,
                open: section.querySelector("details")?.open ?? true,
                width: Math.max(0, ...[...section.querySelectorAll(".scroll")].map((one) => one.scrollWidth)) })); }, { once: true })""")
        printed = self.browser.execute_cdp_cmd("Page.printToPDF", {"printBackground": True, "preferCSSPageSize": True})
        cards = {card["name"]: card for card in self.run_script("return window.on_paper")}
        self.assertEqual(cards["Summary"]["words"], "100 of 1,000 rows; all are in the CSV")
        self.assertEqual(cards["Cluster"]["words"], "")
        for name in ("Best trial", "Health", "Sensitivity", "Cluster", "Failures", "Experiment", "Summary"):
            self.assertTrue(cards[name]["open"] and cards[name]["shown"] == 1, cards[name])
        for card in cards.values():
            self.assertLessEqual(card["width"], 681, card)
        if self.shots:
            with open(os.path.join(self.shots, "thousand.pdf"), "wb") as file:
                file.write(base64.b64decode(printed["data"]))
        self.assertEqual(self.run_script("return document.querySelectorAll('.scroll[style*=width]').length"), 0)


def main():
    if not CHROMIUM or not DRIVER:
        print("skipped: there is no Chromium with its driver; in Debian they are chromium and chromium-driver")
        return 77
    arguments = [argument for argument in sys.argv[1:] if argument != "--gate"]
    make_pages, Page.stune, scratch, Page.shots = (arguments + [None])[:4]
    os.makedirs(scratch, exist_ok=True)
    if Page.shots:
        os.makedirs(Page.shots, exist_ok=True)
    # The profile has a short name wherever the build folder is: Chromium makes a socket there, and a socket's name ends at 107
    # characters.
    with tempfile.TemporaryDirectory(dir=scratch) as folder, tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        Page.scratch = folder
        Page.pages = os.path.join(folder, "pages")
        Page.profile = profile
        os.makedirs(Page.pages)
        subprocess.run([make_pages, Page.pages], check=True)
        with open(glob.glob(os.path.join(Page.pages, "nothing.html"))[0], encoding="utf-8") as page:
            if "stune_without_figures = true" in page.read():
                print("skipped: this stune was built without Plotly.js")
                return 77
        chosen = ["Page.gate"] if "--gate" in sys.argv else []
        result = unittest.main(argv=[sys.argv[0], *chosen], exit=False, verbosity=2).result
    return 0 if result.wasSuccessful() else 1


sys.exit(main())
