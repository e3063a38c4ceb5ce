// The editor for experts: bpmn-js over the file in the page's own form. The
// form works without it: the file can be taken home and brought back.
(function () {
  "use strict";
  var d = document, box = d.getElementById("canvas"), file = d.getElementById("f-file"), form = d.getElementById("expert"), sheet = d.getElementById("element");
  if (!box || !file || !window.BpmnJS) { return; }
  var words = window.bpmnWords || {};
  function translate(text, pairs) {
    text = words[text] || text;
    return text.replace(/{([^}]+)}/g, function (all, key) { return pairs && pairs[key] != null ? pairs[key] : all; });
  }
  // The attributes that say who does a step and how long (items/README.md).
  var tongban = { name: "Tongban", uri: "https://tongban.example/bpmn", prefix: "tongban", xml: { tagAlias: "lowerCase" }, types: [
    { name: "Step", extends: ["bpmn:Activity"], properties: ["org", "post", "limit", "opinion", "operations", "groups", "materials"].map(function (n) { return { name: n, isAttr: true, type: "String" }; }) }
  ] };
  var modeler = new window.BpmnJS({ container: box, moddleExtensions: { tongban: tongban }, additionalModules: [{ translate: ["value", translate] }] });
  var chosen = null, dirty = false;

  function show(element) {
    var user = element && element.businessObject && element.businessObject.$type === "bpmn:UserTask";
    chosen = user ? element : null;
    sheet.hidden = !user;
    d.getElementById("no-element").hidden = !!user;
    if (!user) { return; }
    var b = element.businessObject;
    d.getElementById("element-name").textContent = b.name || b.id;
    ["org", "post", "limit"].forEach(function (k) {
      var el = sheet.elements[k], v = b.get("tongban:" + k) || "";
      if (el.tagName === "SELECT" && v && !el.querySelector('option[value="' + CSS.escape(v) + '"]')) { el.add(new Option(v, v)); }
      el.value = v;
    });
    sheet.elements.opinion.checked = b.get("tongban:opinion") === "true";
  }
  sheet.addEventListener("change", function (e) {
    if (!chosen) { return; }
    var set = {}, el = e.target;
    set["tongban:" + el.name] = el.type === "checkbox" ? (el.checked ? "true" : undefined) : el.value || undefined;
    modeler.get("modeling").updateProperties(chosen, set);
  });
  sheet.addEventListener("submit", function (e) { e.preventDefault(); });

  modeler.importXML(file.value).then(function () {
    var canvas = modeler.get("canvas"), palette = 110; // px that the palette covers
    canvas.zoom("fit-viewport");
    canvas.zoom(canvas.zoom() * (1 - palette / box.clientWidth), { x: box.clientWidth, y: 0 });
    canvas.scroll({ dx: 0, dy: 30 });
    modeler.on("selection.changed", function (e) { show(e.newSelection.length === 1 ? e.newSelection[0] : null); });
    modeler.on("commandStack.changed", function () { dirty = true; });
    file.parentNode.hidden = true;
  }, function (err) {
    box.textContent = err.message;
  });
  form.addEventListener("submit", function (e) {
    if (!dirty) { return; }
    e.preventDefault();
    modeler.saveXML({ format: true }).then(function (r) { file.value = r.xml; dirty = false; form.submit(); }, function (err) { box.textContent = err.message; });
  });
  window.addEventListener("beforeunload", function (e) { if (dirty) { e.preventDefault(); } });
})();
