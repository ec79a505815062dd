// Draws the diagrams of a page, and again when the reader changes between light and dark.
(() => {
  const sources = [...document.querySelectorAll("pre.diagram")].map((place) => [place, place.textContent]);
  const draw = async () => {
    const scheme = document.body.getAttribute("data-md-color-scheme");
    const dark = scheme === "slate";
    mermaid.initialize({
      startOnLoad: false,
      securityLevel: "strict",
      theme: dark ? "dark" : "neutral",
      fontFamily: "inherit",
      fontSize: 16,
      flowchart: { useMaxWidth: false, nodeSpacing: 20, rankSpacing: 28, padding: 8 },
      sequence: { useMaxWidth: false, width: 90, height: 40, actorMargin: 20, diagramMarginX: 10, mirrorActors: false },
    });
    for (const [index, [place, source]] of sources.entries()) {
      const { svg } = await mermaid.render(`diagram-${index}`, source);
      place.innerHTML = svg;
      place.dataset.drawn = scheme;
    }
  };
  new MutationObserver(draw).observe(document.body, { attributeFilter: ["data-md-color-scheme"] });
  draw();
})();
