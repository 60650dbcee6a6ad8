"""What the agency runs: benefits, cells, services, stores, partners, and the promises made about them.

    catalogue = load_catalogue()
    estate = catalogue.estate("local")

The YAML files beside this module are the catalogue; docs/catalogue.md says how to change them.
"""

from catalogue.benefit import Basis, Benefit, Demand, Launch, Status
from catalogue.catalogue import CATALOGUE_VARIABLE, Catalogue, load_catalogue, load_estate
from catalogue.cell import Cell, CellWorkload
from catalogue.data_class import DataClass, Residency
from catalogue.environment import Environment, Kind, Nat
from catalogue.estate import Estate, RegionRole
from catalogue.exceptions import (
    CatalogueError,
    CatalogueInvalid,
    CatalogueUnreadable,
    Problem,
    UnknownEnvironment,
)
from catalogue.launch import (
    Arrivals,
    LaunchMix,
    LaunchPhase,
    LaunchProfile,
    Notice,
    OperationKind,
    Published,
    Unit,
)
from catalogue.opening import Opening
from catalogue.owner import Owner
from catalogue.partner import Partner, PartnerKind, Transport
from catalogue.region import Region, Subnets
from catalogue.role import Capability, Role, Statement
from catalogue.scaling import Driver, FastStep, Scaling, TaskCount, raised
from catalogue.service import Public, Service, Stores
from catalogue.size import Size
from catalogue.store import (
    Announced,
    Bucket,
    Bus,
    Cache,
    Content,
    Database,
    Queue,
    QueueSettings,
    Store,
    Stream,
    Topic,
)
from catalogue.tier import Backup, BackupFrequency, Slo, Tier

__all__ = [
    "CATALOGUE_VARIABLE",
    "Announced",
    "Arrivals",
    "Backup",
    "BackupFrequency",
    "Basis",
    "Benefit",
    "Bucket",
    "Bus",
    "Cache",
    "Capability",
    "Catalogue",
    "CatalogueError",
    "CatalogueInvalid",
    "CatalogueUnreadable",
    "Cell",
    "CellWorkload",
    "Content",
    "DataClass",
    "Database",
    "Demand",
    "Driver",
    "Environment",
    "Estate",
    "FastStep",
    "Kind",
    "Launch",
    "LaunchMix",
    "LaunchPhase",
    "LaunchProfile",
    "Nat",
    "Notice",
    "Opening",
    "OperationKind",
    "Owner",
    "Partner",
    "PartnerKind",
    "Problem",
    "Public",
    "Published",
    "Queue",
    "QueueSettings",
    "Region",
    "RegionRole",
    "Residency",
    "Role",
    "Scaling",
    "Service",
    "Size",
    "Slo",
    "Statement",
    "Status",
    "Store",
    "Stores",
    "Stream",
    "Subnets",
    "TaskCount",
    "Tier",
    "Topic",
    "Transport",
    "Unit",
    "UnknownEnvironment",
    "load_catalogue",
    "load_estate",
    "raised",
]
