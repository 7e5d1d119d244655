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

# Rows that were not taken
ROW: Final = "Row"
REASON: Final = "Reason"
DETAIL: Final = "Detail"

# Problems of a check
PROBLEM_KIND: Final = "Kind"
SEVERITY: Final = "Severity"
PROBLEM: Final = (PROBLEM_KIND, SEVERITY, BGID, TEXT)
