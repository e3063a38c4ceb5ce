// The editor for experts: bpmn-js over the file in the page's own form, and beside
// it the form of the chosen element, which the server writes. Both work without
// this script: the file can be taken home and brought back, and every element has
// its form under a link.
(function () {
  "use strict";
  var d = document, box = d.getElementById("canvas"), file = d.getElementById("f-file"), form = d.getElementById("expert"), part = d.getElementById("element");
  if (!box || !file || !window.BpmnJS) { return; }
  var words = window.bpmnWords || {};
  function translate(text, pairs) {
    text = words[text] || text;
    return text.replace(/{([^}]+)}/g, function (all, key) { return pairs && pairs[key] != null ? pairs[key] : all; });
  }
  var modeler = new window.BpmnJS({ container: box, additionalModules: [{ translate: ["value", translate] }] });
  // base is the file that the drawing was read from; kept is the one that is saved.
  var base = file.value, kept = file.value, quiet = false, queue = Promise.resolve();

  function drawn() { return modeler.get("commandStack").canUndo(); }
  function dirty() { return drawn() || file.value !== kept; }
  function current() {
    return drawn() ? modeler.saveXML({ format: true }).then(function (r) { return r.xml; }) : Promise.resolve(base);
  }
  function fail(err) { part.textContent = err.message; }

  // ask shows the form of an element; with values it writes them into the drawing.
  function ask(id, values) {
    queue = queue.then(current).then(function (xml) {
      var body = values || new FormData();
      body.set("element", id); body.set("file", xml); body.set("was", base); body.set("do", values ? "try" : "show");
      return fetch(part.dataset.url, { method: "POST", body: body });
    }).then(function (r) { return r.text(); }).then(function (html) {
      var focus = d.activeElement && part.contains(d.activeElement) ? d.activeElement.id : "";
      part.innerHTML = html;
      if (focus && d.getElementById(focus)) { d.getElementById(focus).focus(); }
      var next = part.querySelector("[data-file]");
      return next ? load(next.value, id) : null;
    }).catch(fail);
    return queue;
  }
  function load(xml, id) {
    var canvas = modeler.get("canvas"), view = canvas.viewbox();
    base = file.value = xml;
    quiet = true;
    return modeler.importXML(xml).then(function () {
      canvas.viewbox(view);
      var el = modeler.get("elementRegistry").get(id);
      if (el) { modeler.get("selection").select(el); }
      quiet = false;
    });
  }
  function root() { var r = modeler.get("canvas").getRootElement(); return r && r.businessObject ? r.businessObject.id : ""; }

  part.addEventListener("change", function (e) {
    var f = e.target.form;
    if (f && f.classList.contains("element-form")) { ask(f.elements.element.value, new FormData(f)); }
  });
  part.addEventListener("submit", function (e) {
    e.preventDefault();
    ask(e.target.elements.element.value, new FormData(e.target));
  });
  d.addEventListener("click", function (e) {
    var link = e.target.closest && e.target.closest("a[data-element]");
    if (!link) { return; }
    e.preventDefault();
    var el = modeler.get("elementRegistry").get(link.dataset.element);
    if (el) { modeler.get("selection").select(el); } else { ask(link.dataset.element); }
    part.scrollIntoView({ block: "nearest" });
  });

  modeler.importXML(file.value).then(function () {
    var canvas = modeler.get("canvas"), palette = 110; // px that the palette covers
    canvas.zoom("fit-viewport");
    canvas.zoom(canvas.zoom() * (1 - palette / box.clientWidth), { x: box.clientWidth, y: 0 });
    canvas.scroll({ dx: 0, dy: 30 });
    modeler.on("selection.changed", function (e) {
      if (quiet) { return; }
      ask(e.newSelection.length === 1 ? e.newSelection[0].businessObject.id : root());
    });
    modeler.on("element.changed", function (e) { // its name was written on the canvas, its kind exchanged
      var chosen = modeler.get("selection").get();
      if (!quiet && chosen.length === 1 && chosen[0] === e.element && !part.contains(d.activeElement)) { ask(chosen[0].businessObject.id); }
    });
    file.parentNode.hidden = true;
    if (!part.querySelector("form")) { ask(root()); }
  }, function (err) {
    box.textContent = err.message;
  });
  form.addEventListener("submit", function (e) {
    if (!drawn()) { kept = file.value; return; }
    e.preventDefault();
    queue.then(current).then(function (xml) {
      form.elements.was.value = base;
      kept = file.value = xml;
      modeler.get("commandStack").clear();
      form.submit();
    }).catch(function (err) { box.textContent = err.message; });
  });
  window.addEventListener("beforeunload", function (e) { if (dirty()) { e.preventDefault(); } });
})();
