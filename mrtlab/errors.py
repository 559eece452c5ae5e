"""Errors, warnings and the flags that results carry.

Three ways to say that something is wrong, from hard to soft:

* an exception, when no honest number can be given (:class:`InputError` and its two children);
* a flag on the result (:class:`Flag`), when a number can be given but a reader must know something about it;
* a :class:`PlausibilityWarning`, for plain functions that return a bare number and so cannot carry flags.
"""

from __future__ import annotations

from enum import StrEnum


class InputError(ValueError):
    """The input cannot be used; the message says what, why and what the likely slip is."""


class PhysicsError(InputError):
    """The numbers describe something that cannot happen, such as decay slower than physical decay."""


class FitError(InputError):
    """A fit is refused; the message says for which reason."""


class PlausibilityWarning(UserWarning):
    """A number was computed from suspicious but possible input."""


class Flag(StrEnum):
    """Machine-readable remarks on a result. The one list for the whole package."""

    SIGMA_ASSUMED = "SIGMA_ASSUMED"
    SIGMA_MISSING = "SIGMA_MISSING"
    DECAY_STATE_ASSUMED = "DECAY_STATE_ASSUMED"
    FEW_COUNTS = "FEW_COUNTS"
    RESIDUAL_RUNS = "RESIDUAL_RUNS"
    NONLINEAR = "NONLINEAR"
    OUTSIDE_SAMPLED_TIMES = "OUTSIDE_SAMPLED_TIMES"
    SIGMA_OVERSTATED = "SIGMA_OVERSTATED"
    CHI_SQUARE_REJECTED = "CHI_SQUARE_REJECTED"
    NO_DOF = "NO_DOF"
    AT_BOUND = "AT_BOUND"
    UNDETERMINED = "UNDETERMINED"
    CORRELATED = "CORRELATED"
    SCALE_UNRELIABLE = "SCALE_UNRELIABLE"
    MULTIMODAL = "MULTIMODAL"
    SHORT_SPAN = "SHORT_SPAN"
    EXTRAPOLATED = "EXTRAPOLATED"
    MOSTLY_EXTRAPOLATED = "MOSTLY_EXTRAPOLATED"
    BELOW_PHYSICAL = "BELOW_PHYSICAL"
    FELL_BACK_TO_PHYSICAL = "FELL_BACK_TO_PHYSICAL"
    SELECTION_UNDECIDED = "SELECTION_UNDECIDED"
    MODELS_DISAGREE = "MODELS_DISAGREE"
    TAIL_PHYSICAL = "TAIL_PHYSICAL"
    SINGLE_POINT_RANGE = "SINGLE_POINT_RANGE"
    PRIOR_TRUNCATED = "PRIOR_TRUNCATED"
    SINGLE_POINT_DEPENDS_ON_PRIOR = "SINGLE_POINT_DEPENDS_ON_PRIOR"
    OUTSIDE_EXPECTED_RANGE = "OUTSIDE_EXPECTED_RANGE"
    NOT_VERIFIED = "NOT_VERIFIED"
    CYCLES_MISSING = "CYCLES_MISSING"
    ABOVE_ADMINISTERED = "ABOVE_ADMINISTERED"
    LINEARISATION_DOUBTFUL = "LINEARISATION_DOUBTFUL"
    PAST_MAXIMUM_RATE = "PAST_MAXIMUM_RATE"
    RECOVERY_EXTRAPOLATED = "RECOVERY_EXTRAPOLATED"
    RECOVERY_OVERSHOOT = "RECOVERY_OVERSHOOT"
    RECOVERY_LOW = "RECOVERY_LOW"
    PLATEAU_UNJUSTIFIED = "PLATEAU_UNJUSTIFIED"
    FEW_EVENTS = "FEW_EVENTS"
    RESPONSE_FALLS = "RESPONSE_FALLS"
    D50_OUTSIDE_DOSES = "D50_OUTSIDE_DOSES"
    D50_UNBOUNDED = "D50_UNBOUNDED"
    DEPENDENT_OUTCOMES = "DEPENDENT_OUTCOMES"
    DOSE_ERROR_DILUTES = "DOSE_ERROR_DILUTES"
    RESAMPLES_LOST = "RESAMPLES_LOST"
    KERNEL_ENERGY_MISSING = "KERNEL_ENERGY_MISSING"
    KERNEL_ENERGY_EXCESS = "KERNEL_ENERGY_EXCESS"
    DVH_RESOLUTION = "DVH_RESOLUTION"
    VOXELS_WITHOUT_FIT = "VOXELS_WITHOUT_FIT"
    RECOVERY_MISSING = "RECOVERY_MISSING"
    RECOVERY_DISAGREES = "RECOVERY_DISAGREES"
    BACKGROUND_MISSING = "BACKGROUND_MISSING"
    CONTRAST_SUSPECTED = "CONTRAST_SUSPECTED"
    ACTIVITY_RELATIVE_UNKNOWN = "ACTIVITY_RELATIVE_UNKNOWN"
    DOSE_EFFECTIVE = "DOSE_EFFECTIVE"
    SEGMENT_PROBABILITY = "SEGMENT_PROBABILITY"
    REGION_THICKNESS_ASSUMED = "REGION_THICKNESS_ASSUMED"
    REGION_GAPS = "REGION_GAPS"
    REGION_OUTSIDE_GRID = "REGION_OUTSIDE_GRID"
    REGIONS_LEFT_OUT = "REGIONS_LEFT_OUT"
    REGION_HOLES = "REGION_HOLES"
    NOT_QUANTITATIVE = "NOT_QUANTITATIVE"
    START_UNKNOWN = "START_UNKNOWN"
    TIMEZONE_UNKNOWN = "TIMEZONE_UNKNOWN"
    DURATION_UNKNOWN = "DURATION_UNKNOWN"
    DECAY_STATE_UNKNOWN = "DECAY_STATE_UNKNOWN"
    NUCLIDE_UNKNOWN = "NUCLIDE_UNKNOWN"
    ADMINISTERED_UNKNOWN = "ADMINISTERED_UNKNOWN"
    ADMINISTRATION_TIME_UNKNOWN = "ADMINISTRATION_TIME_UNKNOWN"
    ENERGY_WINDOW_UNKNOWN = "ENERGY_WINDOW_UNKNOWN"
    VIEW_UNKNOWN = "VIEW_UNKNOWN"
    VIEW_CONTRADICTED = "VIEW_CONTRADICTED"
    GEOMETRY_UNKNOWN = "GEOMETRY_UNKNOWN"
    COUNTS_DISAGREE = "COUNTS_DISAGREE"
    DECAY_FACTOR_DISAGREES = "DECAY_FACTOR_DISAGREES"
    FRAME_TIME_DISAGREES = "FRAME_TIME_DISAGREES"
    DURATION_DOUBTFUL = "DURATION_DOUBTFUL"
    SLICES_MAY_BE_MISSING = "SLICES_MAY_BE_MISSING"
    BEDS_AT_DIFFERENT_TIMES = "BEDS_AT_DIFFERENT_TIMES"
    TOTAL_FALLS_STEEPLY = "TOTAL_FALLS_STEEPLY"
    BACK_DECAY = "BACK_DECAY"
    HIGH_RESIDUAL = "HIGH_RESIDUAL"
    FREE_TC = "FREE_TC"
    LSF_GT_20PCT = "LSF_GT_20PCT"
    DEFAULT_LUNG_MASS = "DEFAULT_LUNG_MASS"
    NON_DOSIMETRIC = "NON_DOSIMETRIC"
    SMALL_COMPARTMENT = "SMALL_COMPARTMENT"
    COLD_TUMOUR = "COLD_TUMOUR"
    TUMOUR_TO_NORMAL_HIGH = "TUMOUR_TO_NORMAL_HIGH"
    CONFLICT = "CONFLICT"
    NEGATIVE_VOXELS_GT_5PCT = "NEGATIVE_VOXELS_GT_5PCT"
    EXTRAHEPATIC_COUNTS = "EXTRAHEPATIC_COUNTS"
    MAA_Y90_MISMATCH = "MAA_Y90_MISMATCH"
    THIGH_GT_30PCT_OF_NECK = "THIGH_GT_30PCT_OF_NECK"
    UPTAKE_GT_90PCT = "UPTAKE_GT_90PCT"
    STANDARD_OLDER_THAN_1_HALF_LIFE = "STANDARD_OLDER_THAN_1_HALF_LIFE"
    LOW_COUNTS = "LOW_COUNTS"
    DEAD_TIME_HIGH = "DEAD_TIME_HIGH"
    UPTAKE_PHASE_POINT = "UPTAKE_PHASE_POINT"
    SHORT_BASELINE = "SHORT_BASELINE"
    EARLY_PHASE_ASSUMED = "EARLY_PHASE_ASSUMED"
    SINGLE_LATE_POINT = "SINGLE_LATE_POINT"
    SINGLE_EARLY_POINT = "SINGLE_EARLY_POINT"
    CONST_E_OUTSIDE_5_80G = "CONST_E_OUTSIDE_5_80G"
    STIMULATION_MISMATCH = "STIMULATION_MISMATCH"
    GIVEN_BEFORE_READ = "GIVEN_BEFORE_READ"
    SHRINKAGE_ASSUMED = "SHRINKAGE_ASSUMED"
    LOW_WEIGHT = "LOW_WEIGHT"
    BLOOD_DOSE_UNUSUAL = "BLOOD_DOSE_UNUSUAL"
    BODY_RETENTION_UNUSUAL = "BODY_RETENTION_UNUSUAL"
    EARLY_CONST = "EARLY_CONST"
    OUTSIDE_20_60H = "OUTSIDE_20_60H"
    BLOOD_SHARE_ASSUMED = "BLOOD_SHARE_ASSUMED"
    CONTAMINATION_OR_GEOMETRY = "CONTAMINATION_OR_GEOMETRY"
    LIMIT_REACHED = "LIMIT_REACHED"
    SAME_KINETICS_ASSUMED = "SAME_KINETICS_ASSUMED"
    SINK_ASSUMED = "SINK_ASSUMED"
    DOSE_RISES_OVER_CYCLES = "DOSE_RISES_OVER_CYCLES"
    TEACHING_KINETICS = "TEACHING_KINETICS"
    SINGLE_IMAGE_COMPROMISED = "SINGLE_IMAGE_COMPROMISED"
    BONE_METASTASES = "BONE_METASTASES"
    UNINVOLVED_MARROW = "UNINVOLVED_MARROW"
    DAUGHTERS_STAY = "DAUGHTERS_STAY"
    DAUGHTERS_DIFFER = "DAUGHTERS_DIFFER"
    ALPHA_PART_MISSING = "ALPHA_PART_MISSING"
    RBE_DIFFERS = "RBE_DIFFERS"
    PRINTED_UNIT_DOUBTFUL = "PRINTED_UNIT_DOUBTFUL"
    ASYMMETRY = "ASYMMETRY"
    OBSTRUCTION_SUSPECTED = "OBSTRUCTION_SUSPECTED"
    POPULATION_ASSUMED = "POPULATION_ASSUMED"
    CYCLES_DIFFER = "CYCLES_DIFFER"
    CAPPED = "CAPPED"
    BELOW_MINIMUM = "BELOW_MINIMUM"
    REST_OF_BODY_MISSING = "REST_OF_BODY_MISSING"
    SPILL_IN_POSSIBLE = "SPILL_IN_POSSIBLE"
    SERIAL_IMAGES_NEEDED = "SERIAL_IMAGES_NEEDED"
    COUNT_LOSSES_LEFT = "COUNT_LOSSES_LEFT"
    REGION_HOLDS_OTHERS = "REGION_HOLDS_OTHERS"
    TOTAL_LOW = "TOTAL_LOW"
    TRAPPED_ASSUMED = "TRAPPED_ASSUMED"
    SPREAD_ASSUMED = "SPREAD_ASSUMED"

    @property
    def text(self) -> str:
        """What the flag means and what to do, as one or two plain sentences."""
        return _TEXT[self]


_TEXT = {
    Flag.REGION_HOLES: "A contour lies within another of the same region and slice, and was taken as a hole in it. "
    "Check the volume: some programs mean both parts to belong.",
    Flag.REGIONS_LEFT_OUT: "Regions with nothing but points, or with nothing drawn, have no volume and were left out.",
    Flag.REGION_OUTSIDE_GRID: "A region lies partly or wholly outside the grid; only what lies inside was kept.",
    Flag.REGION_GAPS: "A region has no contours on some slices between others, and was taken to be absent there. "
    "Where only every second slice was drawn its volume is too small.",
    Flag.REGION_THICKNESS_ASSUMED: "A region was drawn in one plane alone and the file does not state its thickness, "
    "which was taken from the other regions or from the slices of the image.",
    Flag.SEGMENT_PROBABILITY: "The values of the segmentation are probabilities, and were taken as the fraction of "
    "each voxel inside. For a volume choose a threshold.",
    Flag.DOSE_EFFECTIVE: "The file says that its doses are weighted for biological effect, such as BED or EQD2. They "
    "are no absorbed doses; the file's comment says how they were weighted.",
    Flag.SIGMA_ASSUMED: "No uncertainty came with the points, so 5 % of each was assumed. "
    "Give the real one: every verdict on the curve rests on it.",
    Flag.SIGMA_MISSING: "The uncertainty of the measurement itself was not given and is not in the result.",
    Flag.DECAY_STATE_ASSUMED: "Nobody said whether the activities were decay corrected; they were taken as what was "
    "there at each time. If they were corrected, the result is wrong by tens of per cent.",
    Flag.FEW_COUNTS: "A point rests on fewer than 25 counts, where the square root of the counts no longer describes "
    "their scatter.",
    Flag.RESIDUAL_RUNS: "The points lie above and below the curve in longer runs than chance allows (p < 0.05). "
    "The curve may have the wrong shape although chi-square is acceptable; look at the residuals.",
    Flag.NONLINEAR: "The interval of the profile likelihood differs by more than 20 % from that of linear propagation. "
    "Quote the profile interval, and no value ± u.",
    Flag.OUTSIDE_SAMPLED_TIMES: "For some patients of the population this time lies outside their measured points; "
    "their activity there is extrapolated.",
    Flag.SIGMA_OVERSTATED: "The points lie closer to the curve than their uncertainty allows (p > 0.99). "
    "The stated uncertainty is too large, or the numbers were smoothed.",
    Flag.CHI_SQUARE_REJECTED: "The points lie further from the curve than their uncertainty allows (p < 0.01). "
    "The curve has the wrong shape, a point is wrong, or the uncertainty is understated.",
    Flag.NO_DOF: "As many parameters as points: the curve passes through every point and nothing tests it.",
    Flag.AT_BOUND: "A parameter ran to the end of its range: the points do not contain what it describes.",
    Flag.UNDETERMINED: "A parameter is known to no better than 50 %: the points do not determine this curve.",
    Flag.CORRELATED: "Two parameters are correlated above 0.8. That alone is no fault; quote the "
    "time-integrated activity, not the parameters.",
    Flag.SCALE_UNRELIABLE: "The uncertainty was scaled by the scatter of fewer than three spare points. "
    "So few cannot say how noisy the measurement is; give the uncertainty of the points instead.",
    Flag.MULTIMODAL: "Two different parameter sets fit equally well and give different time-integrated activities.",
    Flag.SHORT_SPAN: "The points span less than one effective half-life of the slowest phase. Add a later point.",
    Flag.EXTRAPOLATED: "More than 20 % of the time-integrated activity lies after the last point. "
    "A later scan would reduce it.",
    Flag.MOSTLY_EXTRAPOLATED: "More than half of the time-integrated activity lies after the last point: "
    "do not accept it without a later scan.",
    Flag.BELOW_PHYSICAL: "The activity falls slower than physical decay, though within its uncertainty. "
    "Check whether the values are already decay corrected.",
    Flag.FELL_BACK_TO_PHYSICAL: "No biological wash-out can be seen; pure physical decay was used.",
    Flag.SELECTION_UNDECIDED: "There are too few points to rank curves against each other. The simplest that fits "
    "is shown; nothing shows that it is the right one.",
    Flag.MODELS_DISAGREE: "Curves that all fit the points give time-integrated activities further apart than "
    "the stated uncertainty. Report the span; a later scan would decide.",
    Flag.TAIL_PHYSICAL: "The tail was taken as physical decay, which is an upper limit.",
    Flag.SINGLE_POINT_RANGE: "For more than a fifth of the population this scan time lies outside 0.75 to 2.5 "
    "effective half-lives, where the approximation fails.",
    Flag.PRIOR_TRUNCATED: "Part of the assumed half-lives was left out: longer than physical decay allows, "
    "or so short that nothing would have been left to measure.",
    Flag.SINGLE_POINT_DEPENDS_ON_PRIOR: "One measurement cannot show how fast this patient clears the drug: "
    "the half-life is the population's.",
    Flag.NOT_VERIFIED: "Activity was administered and no delivered dose was verified. Verify it, or say in writing why "
    "that cannot be done.",
    Flag.CYCLES_MISSING: "For at least one cycle the dose to this tissue is not known, so the sum is only what the "
    "known cycles gave. Do not compare it with a limit.",
    Flag.OUTSIDE_EXPECTED_RANGE: "Outside the expected range: investigate, and consider serial imaging.",
    Flag.ABOVE_ADMINISTERED: "The curve holds more activity than was administered. Check units, calibration "
    "and the administered activity.",
    Flag.LINEARISATION_DOUBTFUL: "The volume, the mass or the result is uncertain by more than 30 %; first-order "
    "propagation is no longer reliable. Quote an interval, by Monte Carlo or log-normal, and no value ± u.",
    Flag.PAST_MAXIMUM_RATE: "Some points were recorded beyond the maximum rate of the camera. A reading taken there "
    "must not be corrected with the lower of the two true rates that belong to it.",
    Flag.RECOVERY_EXTRAPOLATED: "The volume lies outside the spheres the recovery curve was measured with.",
    Flag.RECOVERY_OVERSHOOT: "A recovery is above 1.05: the reconstruction overshoots at edges. A curve that ends at 1 "
    "cannot follow; fit_recovery(..., plateau=True) can.",
    Flag.RECOVERY_LOW: "The recovery is below one half: more than half of what is reported is correction.",
    Flag.PLATEAU_UNJUSTIFIED: "The plateau of the recovery curve is 1 to within twice its uncertainty, so the third "
    "parameter adds uncertainty and no knowledge. Fit without it.",
    Flag.FEW_EVENTS: "Fewer than ten events (or non-events) per parameter: slope and interval are unreliable and the "
    "slope is biased upwards. Consider method='firth'.",
    Flag.RESPONSE_FALLS: "The probability falls as the dose rises. Check the coding of the outcome, and what else "
    "decided the dose.",
    Flag.D50_OUTSIDE_DOSES: "The dose with a probability of one half lies outside the doses observed: extrapolated.",
    Flag.D50_UNBOUNDED: "The data do not show that the probability depends on the dose (p of 0.05 or more), so the "
    "dose with a probability of one half has no finite 95 % interval.",
    Flag.DEPENDENT_OUTCOMES: "Several outcomes come from one patient and are not independent. Covariance, band and "
    "p-value are too optimistic; use the cluster bootstrap.",
    Flag.DOSE_ERROR_DILUTES: "The uncertainty of the doses makes up more than a tenth of their spread, which flattens "
    "the fitted slope. See the dilution-corrected fit.",
    Flag.RESAMPLES_LOST: "More than 5 % of the bootstrap samples had no finite estimate and were left out, which "
    "biases the interval. Use method='firth'.",
    Flag.KERNEL_ENERGY_MISSING: "The kernel deposits less than the electrons of the nuclide alone. Conversion "
    "and Auger electrons may be missing, or the unit is another one.",
    Flag.KERNEL_ENERGY_EXCESS: "The kernel deposits more than the nuclide can leave there. Check its unit, the "
    "density and the nuclide.",
    Flag.DVH_RESOLUTION: "The region is narrower than three times the resolution of the image: the histogram "
    "shows noise and blur rather than the dose.",
    Flag.VOXELS_WITHOUT_FIT: "Some voxels with activity could not be fitted; their time-integrated activity is "
    "0. Look at the reason map.",
    Flag.RECOVERY_MISSING: "No recovery curve is known, so what blurs out of the region is lost from its activity. "
    "Small regions are underestimated, often by a third or more.",
    Flag.RECOVERY_DISAGREES: "The recovery computed from the resolution and that measured with spheres of this size "
    "differ by more than 10 %. One of the two does not belong to this reconstruction.",
    Flag.BACKGROUND_MISSING: "There is no room around the region to measure what spills into it; nothing was "
    "subtracted for it.",
    Flag.CONTRAST_SUSPECTED: "The CT numbers are those of contrast medium or calcification, which raise the density "
    "on the image and not in the tissue. The mass was taken with 1.04 g/mL.",
    Flag.ACTIVITY_RELATIVE_UNKNOWN: "Without a calibration file nothing is known of the common uncertainty of the "
    "activities (sensitivity, recovery); it is not in the result.",
    Flag.NOT_QUANTITATIVE: "The image was not corrected for attenuation and scatter, as far as its file says. "
    "Activities from it are wrong, deep in the body by more than half.",
    Flag.START_UNKNOWN: "The file has no date and time of acquisition. State start=.",
    Flag.TIMEZONE_UNKNOWN: "The file has times and no time zone, so they are not moments yet. State timezone=, such "
    "as 'Europe/Berlin'.",
    Flag.DURATION_UNKNOWN: "The file does not say how long counts were collected. State duration_s=.",
    Flag.DECAY_STATE_UNKNOWN: "The file does not say to which moment decay was corrected, if it was. State "
    "decay_state='NONE', 'START' or 'ADMIN'; ask whoever reconstructed the image.",
    Flag.NUCLIDE_UNKNOWN: "The file has no code of a known nuclide. State nuclide=.",
    Flag.ADMINISTERED_UNKNOWN: "The file has no administered activity. State administered_mbq= where it is needed.",
    Flag.ADMINISTRATION_TIME_UNKNOWN: "The file has no date and time of administration; a time of day alone does not "
    "say on which day. State administered_at=.",
    Flag.ENERGY_WINDOW_UNKNOWN: "The file does not give the limits of an energy window, or the window has several "
    "ranges. Whether a sensitivity belongs to it cannot be checked.",
    Flag.VIEW_UNKNOWN: "The file does not say which picture is anterior and which posterior. State views=.",
    Flag.VIEW_CONTRADICTED: "Code and detector angle name different views. Check which picture is anterior.",
    Flag.GEOMETRY_UNKNOWN: "The file does not say where the slices lie in the patient. They cannot be laid over a CT, "
    "and left and right are not certain.",
    Flag.COUNTS_DISAGREE: "The counts noted in the header are not those in the pixels. The image was scaled, cut or "
    "processed after the acquisition.",
    Flag.DECAY_FACTOR_DISAGREES: "The decay factor of the file does not follow from its nuclide and clocks. A date, a "
    "time zone or the decay correction is wrong.",
    Flag.FRAME_TIME_DISAGREES: "The reference time of a frame lies outside its acquisition. Milliseconds may have "
    "been taken for seconds, or a clock is wrong.",
    Flag.DURATION_DOUBTFUL: "Number of frames, angular step and arc do not fit one head of the camera. If the frames "
    "of all heads were counted together, the duration is too long by their number: check the protocol.",
    Flag.SLICES_MAY_BE_MISSING: "The numbers of the slices have holes: some may be missing, although their distances "
    "are even.",
    Flag.BEDS_AT_DIFFERENT_TIMES: "Several bed positions without decay correction: each shows the activity of its own "
    "time, so the image has no one start.",
    Flag.TOTAL_FALLS_STEEPLY: "The total activity falls a hundredfold between two scans. Check unit, duration and "
    "calibration of both.",
    Flag.BACK_DECAY: "The moment wanted lies before the calibration, so the activity is higher than the label says. "
    "That is right for a vial calibrated ahead; otherwise check dates and time zones.",
    Flag.HIGH_RESIDUAL: "More than 10 % of the activity stayed in the vial and the delivery set. Doses must be "
    "computed with what was delivered.",
    Flag.FREE_TC: "Thyroid or stomach show up: free pertechnetate adds to the counts over the lungs, so the true "
    "shunt is smaller.",
    Flag.LSF_GT_20PCT: "The lung shunt is above 20 %. Check how it was measured, and let the dose to the lungs decide.",
    Flag.DEFAULT_LUNG_MASS: "The lungs were given the conventional 1000 g. Those of the patient, from CT, may be "
    "much lighter, and their dose higher in proportion.",
    Flag.NON_DOSIMETRIC: "This prescription contains no dose: neither tumour nor normal liver is known to receive "
    "anything in particular. It is shown for comparison.",
    Flag.SMALL_COMPARTMENT: "A compartment is lighter than 50 g: a tenth or more of the energy of Y-90 escapes from "
    "it, and some comes in from around it. Published thresholds do not correct for that.",
    Flag.COLD_TUMOUR: "The tumour takes up less than the normal liver. Check the regions; the normal liver will limit "
    "the activity.",
    Flag.TUMOUR_TO_NORMAL_HIGH: "The tumour-to-normal ratio is above 20, more often a slip than a measurement. It "
    "must be the ratio of concentrations.",
    Flag.CONFLICT: "What the aims ask for is more than a limit allows. The physician decides which gives way, or that "
    "nothing is given.",
    Flag.NEGATIVE_VOXELS_GT_5PCT: "More than 5 % of the voxels in the liver are negative: the image is noisy, or too "
    "much background was subtracted. They stay in all sums.",
    Flag.EXTRAHEPATIC_COUNTS: "There is activity outside the liver, more than noise makes. Find out where before the "
    "treatment, or what it did after it.",
    Flag.MAA_Y90_MISMATCH: "The share of the activity in a tumour differs by more than 0.1 between the images before "
    "and after. Compare catheter positions and regions.",
    Flag.THIGH_GT_30PCT_OF_NECK: "The thigh shows more than 30 % of the count rate over the neck, so the body "
    "background decides the uptake. The thigh may be contaminated, or it is early after the administration.",
    Flag.UPTAKE_GT_90PCT: "The uptake exceeds 90 %. Check activity, time and geometry of the standard.",
    Flag.STANDARD_OLDER_THAN_1_HALF_LIFE: "The standard was counted more than one half-life from the administration. "
    "A fresh one would be safer.",
    Flag.LOW_COUNTS: "Net counts are below three standard deviations of themselves: hardly a signal. Count longer.",
    Flag.DEAD_TIME_HIGH: "Dead time took more than 5 % of the counts. Measure from further away, or through a lead "
    "filter, rather than correct.",
    Flag.UPTAKE_PHASE_POINT: "A point before 24 h was used as if the uptake were over; the half-life comes out too "
    "long.",
    Flag.SHORT_BASELINE: "The points for the half-life lie less than two days apart. A later measurement would "
    "determine it better.",
    Flag.EARLY_PHASE_ASSUMED: "The uptake phase was not measured but assumed. The integral may be off by some per "
    "cent, more with slow uptake.",
    Flag.SINGLE_LATE_POINT: "One late measurement: the integral is the smallest that any half-life allows, close to "
    "the truth for half-lives of 4 to 8 days.",
    Flag.SINGLE_EARLY_POINT: "One measurement and the half-life of a population: the uncertainty of that half-life "
    "dominates the result.",
    Flag.CONST_E_OUTSIDE_5_80G: "A constant mean energy was used for a mass outside 5 to 80 g, where it is 3 to 7 % "
    "off.",
    Flag.GIVEN_BEFORE_READ: "By these clocks the administration began before the activity meter was read. Look "
    "at both moments, and at their distance from UTC.",
    Flag.STIMULATION_MISMATCH: "Test and therapy differ in stimulation by TSH. Uptake and half-life of the one say "
    "nothing of the other; the result must not become final. Measure under the stimulation of the therapy.",
    Flag.SHRINKAGE_ASSUMED: "The gland was taken to shrink during the therapy, by a teaching model. Prescriptions "
    "are to the initial mass.",
    Flag.LOW_WEIGHT: "Below 40 kg the photon part of the blood dose comes out too low, by 15 % at 20 kg.",
    Flag.BLOOD_DOSE_UNUSUAL: "The blood dose per activity lies outside what was seen in patients, 0.04 to 0.34 "
    "Gy/GBq. Check units, decay correction and the calibration of the samples.",
    Flag.BODY_RETENTION_UNUSUAL: "The residence in the body lies outside what was seen in patients, 10 to 81 h. "
    "Check units, decay correction and the reference measurement.",
    Flag.EARLY_CONST: "Before the first sample the blood was taken to hold what the first sample showed. An earlier "
    "sample would say.",
    Flag.OUTSIDE_20_60H: "The method of one whole-body measurement was tested on day 1 and 2; this one lies outside "
    "20 to 60 h.",
    Flag.BLOOD_SHARE_ASSUMED: "The share of the blood was not measured: 14 % of the whole-body residence were "
    "assumed. In patients the result was off by 14 % on average.",
    Flag.CONTAMINATION_OR_GEOMETRY: "The whole-body counts rise by more than 10 %, which no patient does: "
    "contamination, urine in view, or another distance.",
    Flag.LIMIT_REACHED: "The first administration has reached the limit: nothing is left to give.",
    Flag.SAME_KINETICS_ASSUMED: "The second administration was taken to behave as the first. Measure it as well.",
    Flag.SINK_ASSUMED: "How strongly the tumour takes drug from the organs was assumed with teaching values, not "
    "measured. Measure organs and tumour in later cycles.",
    Flag.DOSE_RISES_OVER_CYCLES: "The dose per activity rises from cycle to cycle as the tumour shrinks: the first "
    "cycle alone promises less than what the course gives.",
    Flag.TEACHING_KINETICS: "Half-lives, uptakes or recoveries are teaching values, remembered with low confidence or "
    "made up. Replace them by your own.",
    Flag.SINGLE_IMAGE_COMPROMISED: "With PSMA the estimate from a single image is compromised for this tissue: marrow "
    "and tumours clear too differently from one patient to the next. Image again.",
    Flag.BONE_METASTASES: "There are bone metastases. Blood says nothing of the dose they give to the marrow beside "
    "them: it has to come as cross-dose.",
    Flag.UNINVOLVED_MARROW: "The region lies in marrow without metastases; that beside them receives more.",
    Flag.DAUGHTERS_STAY: "All daughters were taken to decay where Ac-225 did. That is a choice, and for what leaves "
    "the cell an optimistic one; show what changes if Bi-213 is lost.",
    Flag.DAUGHTERS_DIFFER: "Doses that are compared or added here say in different words where the daughters decay. "
    "Read both: they may not be doses of the same thing.",
    Flag.ALPHA_PART_MISSING: "The nuclide emits alpha particles, and a dose does not say which part of it is theirs, "
    "what weight was taken or where the daughters decay.",
    Flag.RBE_DIFFERS: "The doses of the cycles were weighted with different RBE. Absorbed doses add up; such weighted "
    "ones do not, and no sum of them is given.",
    Flag.PRINTED_UNIT_DOUBTFUL: "The unit as printed does not fit what others found; as dose per cycle the number "
    "does. That is an inference: look into the paper.",
    Flag.ASYMMETRY: "The doses of the two kidneys differ by more than 30 %. Compare outlines and masses, and the "
    "effective half-lives of both.",
    Flag.OBSTRUCTION_SUSPECTED: "One kidney has a higher dose and clears too slowly: urine held in the renal pelvis "
    "may be in its outline. Look at serial images and take the pelvis out before anything is concluded.",
    Flag.POPULATION_ASSUMED: "Nothing was measured in this patient: the dose per activity is that of a population.",
    Flag.CYCLES_DIFFER: "The doses per activity of the cycles differ by more than their random uncertainty explains. "
    "A rule that takes them for constant is doubtful; compare it with a trend.",
    Flag.CAPPED: "The limit would allow more than the largest activity of one cycle; that was taken.",
    Flag.BELOW_MINIMUM: "What the limit leaves is less than the least activity worth giving: do not treat, or "
    "discuss it.",
    Flag.REST_OF_BODY_MISSING: "Only the activity in the marrow itself was counted. Organs, tumours and the rest of "
    "the body add a part that is not small; the dose is a lower bound.",
    Flag.SPILL_IN_POSSIBLE: "Metastases in or near the volume spill into it, and their activity was taken for the "
    "marrow's.",
    Flag.SERIAL_IMAGES_NEEDED: "What this administration gave to organs and tumours cannot be told from the "
    "activity. Image it several times.",
    Flag.COUNT_LOSSES_LEFT: "Nothing says that count losses (dead time) were corrected, and the calibration does not "
    "allow it: the first scans may be low. It takes dead_time_s and corrected_counts_per_raw in camera.toml.",
    Flag.REGION_HOLDS_OTHERS: "Another outline lies in this one, and its activity and volume are counted here too. "
    "Outline them apart, or have it taken out (--apart).",
    Flag.TOTAL_LOW: "The first scan shows less of the administered activity than is left in the trunk of any such "
    "patient. Check counts of one head as those of two, sensitivity, window and administered activity; the field of "
    "view may be another, too.",
    Flag.TRAPPED_ASSUMED: "All activity was taken to stay where it was found, from administration on, and to fall by "
    "physical decay alone, as was stated (trapped).",
    Flag.SPREAD_ASSUMED: "A spread or an uncertainty was not given and is a teaching value, made up and not measured. "
    "Give your own: every interval and verdict rests on it.",
}
