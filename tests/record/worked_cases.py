"""Two whole treatments, from the first count to the second signature. Run this file to write them anew.

The patients are those of the exercises (RI-E1 to RI-E5; S-E1 to S-E6). All numbers come from counts, clocks and sizes
through the public functions; what is decided is decided by the two persons of the case.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path

from uncertainties import ufloat

from mrtlab import calibration, planning, radioiodine, record, sirt
from mrtlab.planning import Constraint, Prescription, TissueDose
from mrtlab.record import DosimetryRecord, MeasuredRegion, Person, PlannedRegion

FOLDER = Path(__file__).parent / "cases"
BERLIN, NEW_YORK = timezone(timedelta(hours=1)), timezone(timedelta(hours=-5))


def radioiodine_case() -> DosimetryRecord:
    """Graves' disease: two uptake measurements, an ultrasound, 300 Gy aimed at, 206 Gy measured."""
    physician, physicist = Person("Dr Ada Example", "MD"), Person("Bo Sample", "MPE")
    day = datetime(2027, 3, 1, 8, 0, tzinfo=BERLIN)
    # step i
    case = DosimetryRecord.begin("graves-01", "radioiodine", "I-131", "NaI capsule", at=day)
    case = case.declare_intent(physician, "Graves' disease", "ablative", ["thyroid"], at=day + timedelta(hours=1))
    # the tracer: a standard counted at once, neck and thigh after 24 and 144 h, 60 s each
    standard, background = (124_500, 60), (300, 60)
    counted = [
        radioiodine.measure_uptake(24.0, (68_484, 60), (3_900, 60), standard, background),
        radioiodine.measure_uptake(144.0, (36_684, 60), (3_150, 60), standard, background),
    ]
    integral = radioiodine.late_points([24.0, 144.0], [one.uptake for one in counted])
    volume_ml = radioiodine.thyroid_volume([(5.2, 2.1, 1.9), (4.8, 1.9, 1.7)])
    mass_g = radioiodine.thyroid_mass_g(volume_ml)
    parts = planning.teaching_components("radioiodine")
    gsd = planning.expected_range_from_components(1.0, parts).gsd
    per_mbq = radioiodine.dose(1.0, mass_g, integral.tiac_h, mode="constant").nominal_value
    # step ii: doses of 150 to 300 Gy and the activities they need; none is chosen here
    activities = [round(gy / per_mbq) for gy in (150, 200, 250, 300)]
    options = planning.activity_options(activities, {"thyroid": TissueDose(per_mbq, gsd)})
    case = case.present_options(
        physicist, options, "tracer study of this patient, two uptakes", at=day + timedelta(days=6, hours=2)
    )
    # steps iii and iv
    reason = "No remission after a year of tablets; the patient accepts hypothyroidism."
    case = case.decide(physician, "treat", reason, at=day + timedelta(days=6, hours=3))
    chosen = activities[-1]
    case = case.prescribe(
        physician,
        Prescription(
            physician.name,
            physicist.name,
            float(chosen),
            (Constraint("thyroid", "aim", 300, source="choice of the physician"),),
            3,
            "Ablative intent: the highest of the activities presented.",
        ),
        at=day + timedelta(days=6, hours=4),
    )
    # step v
    kinetics = f"uptake {counted[0].uptake:.3f} at 24 h, {counted[1].uptake:.3f} at 144 h, one exponential"
    constant = "24.7 MBq·d·% per g and Gy (recalled)"
    expected = planning.expected_range_from_components(chosen * per_mbq, parts)
    mass = ufloat(mass_g, parts["mass"] * mass_g)
    ultrasound = "ultrasound, three diameters"
    case = case.fix_plan(
        physicist,
        float(chosen),
        [PlannedRegion("thyroid", expected, mass, ultrasound, kinetics, constant)],
        at=day + timedelta(days=7),
    )
    measured_at = day + timedelta(days=8, hours=1)
    started_at = measured_at + timedelta(minutes=30)
    delivered = calibration.net_activity(chosen + 1.3, measured_at, 0.9, started_at, started_at, "I-131")
    case = case.administer(
        physicist,
        ufloat(delivered, 0.02 * delivered),
        measured_at=measured_at,
        started_at=started_at,
        residual_mbq=0.9,
        calibrator="well chamber 2",
        traceability="national standard, certificate of this year",
        route="oral",
        at=started_at + timedelta(hours=1),
    )
    # step vi: the therapy itself is counted
    after = [
        radioiodine.measure_uptake(24.0, (57_306, 60), (3_900, 60), standard, background),
        radioiodine.measure_uptake(144.0, (26_748, 60), (3_150, 60), standard, background),
    ]
    done = radioiodine.late_points([24.0, 144.0], [one.uptake for one in after])
    dose_gy = radioiodine.dose(delivered, mass_g, done.tiac_h, mode="constant").nominal_value
    own = planning.teaching_components("radioiodine", "verification")
    case = case.verify(
        physicist,
        [
            MeasuredRegion(
                "thyroid",
                ufloat(dose_gy, planning.relative_uncertainty(own) * dose_gy),
                mass,
                ultrasound,
                f"uptake {after[0].uptake:.3f} at 24 h, {after[1].uptake:.3f} at 144 h, one exponential",
                constant,
                points=2,
                partial_volume=False,
                effective_half_life_h=float(done.effective_half_life_h.nominal_value),
                systematic_rel=own["energy"],
                shared_rel=planning.relative_uncertainty(own, ["mass", "energy"]),
            )
        ],
        remarks="A third below the aim, within the range expected: iodine left faster than the tracer did.",
        next_cycle="thyroid function in six weeks",
        at=started_at + timedelta(days=7),
    )
    case = case.sign(physicist, at=started_at + timedelta(days=7, hours=1))
    return case.sign(physician, at=started_at + timedelta(days=7, hours=2))


def sirt_case() -> DosimetryRecord:
    """Liver cell carcinoma, glass: shunt, partition, a vial from another time zone, Y-90 PET afterwards."""
    physician, physicist = Person("Dr Ada Example", "MD"), Person("Bo Sample", "MPE")
    day = datetime(2024, 2, 26, 9, 0, tzinfo=BERLIN)
    case = DosimetryRecord.begin("hcc-01", "SIRT", "Y-90", "glass microspheres", at=day)
    case = case.declare_intent(
        physician,
        "hepatocellular carcinoma of the right lobe",
        "palliative, tumour response",
        ["tumour"],
        ["normal liver", "lungs"],
        at=day + timedelta(hours=1),
    )
    # Tc-99m MAA: planar views and SPECT/CT
    views = [calibration.counted(one) for one in (21_000, 24_000, 412_000, 285_000)]
    shunt = sirt.lung_shunt(*views, lung_background=1_500, liver_background=4_000)
    tumour_g, normal_g, whole_normal_g = 250.0, 866.0, 1_480.0
    ratio = sirt.tumour_to_normal(310_000, tumour_g, 238_500, normal_g)
    lsf = shunt.nominal_value

    def doses(activity_mbq):
        return sirt.partition(activity_mbq, tumour_g, normal_g, ratio, lsf, whole_normal_g=whole_normal_g)

    parts = planning.teaching_components("sirt")
    gsd = planning.expected_range_from_components(1.0, parts).gsd
    per = doses(1_000.0)
    tissues = {
        "tumour": TissueDose(per.tumour_gy / 1_000, gsd),
        "normal liver": TissueDose(per.whole_normal_gy / 1_000, gsd),
        "lungs": TissueDose(per.lung_gy / 1_000, gsd),
    }
    limit = sirt.whole_normal_limit(1.0)
    limits = {"normal liver": limit.gy[0], "lungs": sirt.lung_limits()[0].dose_gy}
    activities = [1_500.0, 2_000.0, 2_500.0, 3_000.0]
    case = case.present_options(
        physicist,
        planning.activity_options(activities, tissues, limits),
        "MAA SPECT/CT of this patient, partition model",
        at=day + timedelta(hours=6),
    )
    case = case.decide(physician, "treat", "Single lesion, liver function preserved.", at=day + timedelta(days=1))
    case = case.prescribe(
        physician,
        Prescription(
            physician.name,
            physicist.name,
            2_500.0,
            (
                Constraint("tumour", "aim", 205, source="EANM guideline 2022, glass, HCC"),
                Constraint(
                    "normal liver", "limit", limit.gy[0], source="EANM guideline 2022, glass, bilirubin 1.0 mg/dL"
                ),
                Constraint("lungs", "limit", 30, source="30 Gy in one treatment"),
            ),
            3,
            "Tumour above 205 Gy with the whole normal liver well below its limit.",
        ),
        at=day + timedelta(days=1, hours=1),
    )
    planned = doses(2_500.0)
    constant = "49.771 J/GBq, ICRP 107 (derived)"
    maa = f"Tc-99m MAA: tumour-to-normal {ratio:.2f}, lung shunt {lsf:.3f}; decay in place"
    ct = "CT volume, 1 g/mL"
    masses = {"tumour": tumour_g, "normal liver": whole_normal_g, "lungs": 1_000.0}
    means = {"tumour": planned.tumour_gy, "normal liver": planned.whole_normal_gy, "lungs": planned.lung_gy}
    case = case.fix_plan(
        physicist,
        2_500.0,
        [
            PlannedRegion(
                name,
                planning.expected_range_from_components(means[name], parts),
                ufloat(masses[name], parts["mass"] * masses[name]),
                "convention" if name == "lungs" else ct,
                maa,
                constant,
            )
            for name in masses
        ],
        at=day + timedelta(days=1, hours=4),
    )
    # the vial: 5 GBq at noon in New York; 64.5 h later it is in Berlin
    calibrated_at = datetime(2024, 3, 3, 12, 0, tzinfo=NEW_YORK)
    infused_at = datetime(2024, 3, 6, 10, 30, tzinfo=BERLIN)
    residual = sirt.residual_fraction(142.0, 6.1, 0.75, background=0.3)
    delivered = sirt.delivered_activity(5_000.0, calibrated_at, infused_at, residual)
    at_infusion = sirt.vial_activity(5_000.0, calibrated_at, infused_at)
    case = case.administer(
        physicist,
        ufloat(delivered, 0.05 * delivered),
        measured_at=calibrated_at,
        started_at=infused_at,
        residual_mbq=at_infusion * residual,
        calibrator="manufacturer's reference activity; ion chamber for the residual",
        traceability="certificate of the vial",
        route="right hepatic artery",
        at=infused_at + timedelta(hours=2),
    )
    # Y-90 PET: counts in the compartments, the whole liver as its own standard
    share = {"tumour": 0.453, "normal": 0.547}
    found = sirt.multi_compartment(delivered, share, {"tumour": tumour_g, "normal": normal_g}, lsf)
    tumour_gy = found.by_compartment["tumour"]
    normal_gy = found.by_compartment["normal"] * normal_g / whole_normal_g
    # measured components: activity 5 %, count fraction 8 %, mass 10 % as in the plan, of which mass is shared
    spread = planning.relative_uncertainty(parts)
    common = planning.relative_uncertainty(parts, ["mass"])
    case = case.verify(
        physicist,
        [
            MeasuredRegion(
                name,
                ufloat(gy, spread * gy),
                ufloat(masses[name], parts["mass"] * masses[name]),
                ct,
                f"Y-90 PET/CT, share of counts {part:.3f}; decay in place",
                constant,
                points=1,
                partial_volume=False,
                systematic_rel=0.05,
                shared_rel=common,
            )
            for name, gy, part in (("tumour", tumour_gy, share["tumour"]), ("normal liver", normal_gy, share["normal"]))
        ],
        missing={"lungs": "no counts above background in the lungs"},
        investigation=(
            "Residual, clocks, outlines and the whole-liver calibration were checked and stand. The tumour holds 0.453 "
            "of the counts instead of 0.565: at the treatment the catheter lay nearer to the origin of the artery than "
            "at the mapping."
        ),
        next_cycle="imaging after three months; a second treatment can then be planned on 200 Gy",
        at=infused_at + timedelta(days=1),
    )
    case = case.sign(physicist, at=infused_at + timedelta(days=1, hours=1))
    return case.sign(physician, at=infused_at + timedelta(days=1, hours=3))


CASES = {"radioiodine": radioiodine_case, "sirt": sirt_case}

if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, make in CASES.items():
        path = FOLDER / f"{name}.json"
        path.unlink(missing_ok=True)  # another record of the same case is never written over
        record.write(make(), path)
        print(FOLDER.name, name)
