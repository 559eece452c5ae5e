// A module-federation container written by hand: JupyterLab and Voilà load it like any prebuilt extension. It registers
// the widgets of itkwidgets 0.32.6 and, when the first is shown, loads the bundle of its wheel (itkwidgets.js, which
// `mrtlab install-itkwidgets` makes from the user's own copy).
(() => {
  const NAME = "mrtlab-itkwidgets";
  const HERE = new URL(".", document.currentScript.src).href;
  let scope = null;
  let bundle = null;

  // webpack's rule for singletons: the version in use, else the highest
  function highest(versions) {
    const parts = (version) => version.split(/[.-]/).map((part) => parseInt(part, 10) || 0);
    const names = Object.keys(versions).sort((one, other) => {
      const [a, b] = [parts(one), parts(other)];
      for (let at = 0; at < Math.max(a.length, b.length); at++) {
        if ((a[at] || 0) !== (b[at] || 0)) return (a[at] || 0) - (b[at] || 0);
      }
      return 0;
    });
    return names.find((name) => versions[name].loaded) || names[names.length - 1];
  }

  async function shared(module) {
    const versions = scope && scope[module];
    if (!versions) throw new Error(`${NAME}: ${module} is not offered by this page`);
    const entry = versions[highest(versions)];
    const factory = await entry.get();
    entry.loaded = 1;
    return factory();
  }

  // The bundle derives its classes with Backbone's extend(), which calls constructors as functions; those of
  // ipywidgets 8 are classes and cannot be. This one makes real subclasses.
  function extendable(Parent) {
    return class extends Parent {
      static extend(members, statics) {
        const Child = class extends this {};
        for (const [name, value] of Object.entries(members)) {
          Object.defineProperty(Child.prototype, name, { value, writable: true, configurable: true });
        }
        return Object.assign(Child, statics);
      }
    };
  }

  function addScript(address) {
    return new Promise((done, failed) => {
      const script = document.createElement("script");
      script.src = address;
      script.onload = () => done();
      script.onerror = () => failed(new Error(`${NAME}: ${address} could not be loaded`));
      document.head.append(script);
    });
  }

  async function loadBundle(base) {
    await addScript(`${HERE}itkwidgets.js`);
    const facade = {
      ...base,
      DOMWidgetModel: extendable(base.DOMWidgetModel),
      DOMWidgetView: extendable(base.DOMWidgetView),
    };
    const modules = { "@jupyter-widgets/base": facade };
    let exported = null;
    const define = (needs, factory) => {
      exported = factory(...needs.map((need) => modules[need]));
    };
    const height = (view) => {
      const layout = view.model.get("layout");
      return (layout && layout.get("height")) || "480px";
    };
    window._mrtlabItkwidgets(define, HERE, height);
    delete window._mrtlabItkwidgets;
    return exported;
  }

  async function get() {
    const base = await shared("@jupyter-widgets/base");
    const plugin = {
      id: `${NAME}:plugin`,
      description: "Volume rendering by itkwidgets",
      autoStart: true,
      requires: [base.IJupyterWidgetRegistry],
      activate: (app, registry) => {
        registry.registerWidget({
          name: "itkwidgets",
          version: "0.32.6",
          exports: () => (bundle = bundle || loadBundle(base)),
        });
      },
    };
    return () => ({ __esModule: true, default: plugin });
  }

  window._JUPYTERLAB = window._JUPYTERLAB || {};
  window._JUPYTERLAB[NAME] = {
    init: (offered) => {
      scope = scope || offered;
    },
    get,
  };
})();
