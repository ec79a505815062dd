// What a reader sees of the page that is open: faults, each a sentence.
({ smallest, weakest }) => {
  const faults = [];
  const page = document.documentElement;
  if (page.scrollWidth > window.innerWidth) {
    const wide = [...document.querySelectorAll(".md-main *, .md-header *, .md-footer *")].filter((each) => {
      if (each.getBoundingClientRect().right <= window.innerWidth + 1) return false;
      for (let up = each.parentElement; up; up = up.parentElement)
        if (["auto", "scroll", "hidden"].includes(getComputedStyle(up).overflowX) && up !== page && up !== document.body) return false;
      return true;
    });
    const names = wide.slice(-2).map((each) => `${each.tagName.toLowerCase()}.${each.className} "${each.textContent.trim().slice(0, 40)}"`);
    faults.push(`is ${page.scrollWidth} px wide on a screen of ${window.innerWidth}: ${names.join("; ")}`);
  }

  const channels = (text) => {
    const canvas = (window.__canvas ??= document.createElement("canvas").getContext("2d", { willReadFrequently: true }));
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = text;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = (top, bottom) => top.slice(0, 3).map((value, i) => value * top[3] + bottom[i] * (1 - top[3]));
  const background = (element) => {
    const layers = [];
    for (let up = element; up; up = up.parentElement) {
      const colour = channels(getComputedStyle(up).backgroundColor);
      if (colour[3] > 0) layers.push(colour);
      if (colour[3] === 1) break;
    }
    return layers.reverse().reduce((below, layer) => over(layer, below), [255, 255, 255]);
  };
  const luminance = (colour) => {
    const [r, g, b] = colour.map((value) => {
      const part = value / 255;
      return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (a, b) => {
    const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
    return (high + 0.05) / (low + 0.05);
  };

  const told = new Set();
  const tell = (kind, element, sentence) => {
    const key = `${kind} ${element.tagName} ${element.className}`;
    if (!told.has(key)) faults.push(sentence);
    told.add(key);
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let texts = 0;
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    const text = walker.currentNode.textContent.trim();
    if (!text || ["SCRIPT", "STYLE", "NOSCRIPT", "TITLE"].includes(element.tagName)) continue;
    if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    const box = element.getBoundingClientRect();
    if (box.width < 2 || box.height < 2 || box.right <= 0) continue;
    texts += 1;
    const style = getComputedStyle(element);
    const drawn = element.closest("svg");
    const scale = drawn && element.getScreenCTM ? element.getScreenCTM().a : 1;
    const size = parseFloat(style.fontSize) * scale;
    const name = `${element.tagName.toLowerCase()}.${element.className?.baseVal ?? element.className} "${text.slice(0, 40)}"`;
    if (size < smallest - 0.05) tell("size", element, `has text of ${size.toFixed(1)} px: ${name}`);
    if (drawn) continue;
    const behind = background(element);
    const ratio = contrast(over(channels(style.color), behind), behind);
    if (ratio < weakest) tell("contrast", element, `has text of contrast ${ratio.toFixed(2)}: ${name}`);
  }
  if (texts < 20) faults.push(`shows ${texts} texts only`);
  for (const diagram of document.querySelectorAll("pre.diagram")) {
    const svg = diagram.querySelector("svg");
    if (!svg || svg.getBoundingClientRect().width < 50) faults.push("has a diagram that is not drawn");
  }
  for (const image of document.images)
    if (image.checkVisibility() && image.naturalWidth === 0) faults.push(`has an image that does not load: ${image.src}`);
  return { faults, dark: luminance(background(document.querySelector("article"))) < 0.2 };
}
