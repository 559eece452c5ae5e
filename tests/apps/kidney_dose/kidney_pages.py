"""What the tests of the kidney-dose page share."""

from mrtlab import _userdata
from mrtlab.apps import kidney_dose
from mrtlab.apps.kidney_dose import view as view_module

OWN = "time_h;kidney_mbq\n4,5;120,5\n24;98,2\n72;55,1\n168;19,3\n"
HEAD = "# nuclide: Lu-177\n# decay_corrected: no\n# cv: 5 %\n"
# what a page does not say: arguments, calls, modules
CODE = r"\b\w+=\S|mrtlab\.|\(\)|sigma_mbq or cv|\bPass\b|the call|buffer"


def again():
    """The page as it comes up on the next visit."""
    return view_module._View(kidney_dose.KidneyDose())


def upload(view, name, content):
    """As the browser sends it."""
    view.upload._handle_custom_msg({"event": "file", "name": name}, [memoryview(content)])


def write_state(content):
    target = _userdata.folder() / "pages" / "kidney_dose.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(content, encoding="utf-8")


def full_disk(page, state):
    raise OSError(28, "No space left on device")
