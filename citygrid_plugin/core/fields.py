"""Field names of all layers. They are a contract: people script against them."""

from __future__ import annotations

from typing import Final

# Unit grid
BGID: Final = "BGID"
DIST_CODE: Final = "DistCode"
STREET_CODE: Final = "StrCode"
STREET_NAME: Final = "StrName"
COMMUNITY_CODE: Final = "CommCode"
COMMUNITY_NAME: Final = "CommName"
AREA: Final = "Area"
INITIAL_DATE: Final = "ORDate"
END_DATE: Final = "CHDate"
NOTE: Final = "Note"
UNIT_GRID: Final = (
    BGID, DIST_CODE, STREET_CODE, STREET_NAME, COMMUNITY_CODE, COMMUNITY_NAME,
    AREA, INITIAL_DATE, END_DATE, NOTE,
)  # fmt: skip

# Crosswalk between a unit grid and the one that it replaces
OLD_BGID: Final = "OldBGID"
NEW_BGID: Final = "NewBGID"
SHARE: Final = "Share"  # of the old grid's area; of a new grid's own where there is no old one
CHANGE: Final = "Kind"
CHANGE_DATE: Final = "Date"
CROSSWALK: Final = (OLD_BGID, NEW_BGID, SHARE, CHANGE, CHANGE_DATE)

# Responsibility grid
RGID: Final = "RGID"
RG_NAME: Final = "RGName"
CELLS: Final = "Cells"
WORKLOAD: Final = "Workload"
OWNER: Final = "Owner"
LOCKED: Final = "Locked"  # a zone that neither a run nor a hand may change
RESPONSIBILITY_GRID: Final = (RGID, RG_NAME, COMMUNITY_CODE, CELLS, WORKLOAD, OWNER)

# Who answers for a grid, a street, a community or a road segment, and when
POST: Final = "Post"
PHONE: Final = "Phone"
FROM_DATE: Final = "FromDate"
TO_DATE: Final = "ToDate"
PERSON: Final = (OWNER, POST, PHONE, FROM_DATE, TO_DATE)

# What changed hands between responsibility grids
PLAN: Final = "Plan"
TIME: Final = "Time"
USER: Final = "User"
OLD_RGID: Final = "OldRGID"
NEW_RGID: Final = "NewRGID"
OLD_OWNER: Final = "OldOwner"
NEW_OWNER: Final = "NewOwner"
PLAN_LOG: Final = (TIME, USER, PLAN, BGID, OLD_RGID, NEW_RGID)

# Segment of a road that somebody answers for; chainages and length in metres
SEGMENT_ID: Final = "SegID"
ROAD: Final = "Road"
FROM_NAME: Final = "FromName"
TO_NAME: Final = "ToName"
FROM_M: Final = "FromM"
TO_M: Final = "ToM"
LENGTH: Final = "Length"

# What stands within the setback of a river: metres to the water's edge, the least distance, its rule, the water
DISTANCE: Final = "Distance"
LIMIT: Final = "Limit"
RULE: Final = "Rule"
WATER: Final = "Water"

# Component
OBJ_ID: Final = "ObjID"
OBJ_NAME: Final = "ObjName"
OBJ_STATE: Final = "ObjState"
DATA_SOURCE: Final = "DataSource"
CLASS_CODE: Final = "ClassCode"
CLASS_NAME: Final = "ClassName"
COMPONENT: Final = (
    OBJ_ID, OBJ_NAME,
    "DeptCode1", "DeptName1", "DeptCode2", "DeptName2", "DeptCode3", "DeptName3",
    BGID, OBJ_STATE, INITIAL_DATE, END_DATE, DATA_SOURCE, NOTE, CLASS_CODE, CLASS_NAME,
)  # fmt: skip

# Case
CASE_ID: Final = "CaseID"
KIND: Final = "Kind"
STAGE: Final = "Stage"
STATUS: Final = "Status"
REPORTED: Final = "Reported"
FILED: Final = "Filed"
DEADLINE: Final = "Deadline"
FINISHED: Final = "Finished"
DEPARTMENT: Final = "Dept"
SOURCE: Final = "Source"
TEXT: Final = "Text"
CASE: Final = (
    CASE_ID, KIND, CLASS_CODE, CLASS_NAME, STAGE, STATUS, REPORTED, FILED, DEADLINE, FINISHED,
    DEPARTMENT, BGID, RGID, STREET_NAME, COMMUNITY_NAME, SOURCE, TEXT,
)  # fmt: skip

OUTCOME: Final = "Outcome"  # how a closed case ended: on time, late; empty for others and where no deadline is known
OVER_HOURS: Final = "OverHours"  # hours past the deadline: of overdue cases until now, of late ones until the end
DUE_BY: Final = "DueBy"  # what the deadline comes from: stated, limit, class, fallback
TIME_LIMIT: Final = "TimeLimit"  # the limit that holds, such as 4工作时
FILING_CONDITION: Final = "FilingCond"  # 立案条件
SUSPENDED_FROM: Final = "SuspFrom"  # of one pause: the present one, else the next, else the last
SUSPENDED_TO: Final = "SuspTo"
PAUSED_HOURS: Final = "PausedHrs"  # hours of all pauses, until the end of the case or the moment
HANDLED: Final = "Handled"  # when the department was done, before the case was checked and closed
RETURNS: Final = "Returns"  # how often it was sent back (返工)
ACCURATE: Final = "Accurate"  # whether it was filed rightly (准确立案): 1, 0, or empty where nobody says
PLACED: Final = "Placed"  # what the place comes from: coordinates, component, grid, community
REPEAT_OF: Final = "RepeatOf"  # number of the first report of the same
CASE_STATED: Final = (
    OBJ_ID, COMMUNITY_CODE, FILING_CONDITION, TIME_LIMIT, SUSPENDED_FROM, SUSPENDED_TO, HANDLED, RETURNS, ACCURATE,
)  # fmt: skip
"""What a list can state of a case beyond ``CASE``."""
TIME_NUMBERS: Final = {
    DEADLINE: "DueNo", FINISHED: "DoneNo", SUSPENDED_FROM: "SuspFromNo", SUSPENDED_TO: "SuspToNo",
}  # fmt: skip
"""The same times as whole numbers, such as 20250630143000: a map of many cases compares them far faster than times."""
CASE_LAYER: Final = (
    *CASE, OUTCOME, OVER_HOURS, DUE_BY, TIME_LIMIT, FILING_CONDITION, SUSPENDED_FROM, SUSPENDED_TO, PAUSED_HOURS,
    HANDLED, RETURNS, ACCURATE, OBJ_ID, COMMUNITY_CODE, PLACED, REPEAT_OF, *TIME_NUMBERS.values(),
)  # fmt: skip
"""All fields of a layer of cases."""

# Rows that were not taken
ROW: Final = "Row"
REASON: Final = "Reason"
DETAIL: Final = "Detail"

# Problems of a check
PROBLEM_KIND: Final = "Kind"
SEVERITY: Final = "Severity"
PROBLEM: Final = (PROBLEM_KIND, SEVERITY, BGID, TEXT)
